using System.Text;
using System.Text.Json;

namespace Undercroft.Stories.Tests;

public abstract class StoryTokensTests : BackendTests
{
    private const string Secret = "ghp_7mTheSecretThatNobodyMayFind19c4";

    private static readonly StoryToken GitHub = new()
    {
        AccessToken = Secret,
        Scope = "repo",
        ExpiresAt = DateTimeOffset.UnixEpoch.AddYears(70),
        User = new StoryTokenUser("ann", "42", "Ann", "ann@example.org", new Uri("https://example.org/ann.png")),
    };

    [Fact]
    public async Task A_token_comes_back_and_is_nowhere_in_the_files_of_the_store()
    {
        using var key = StoryTokenKey.FromFile(KeyPath(), Storage);
        var tokens = new StoryTokens(Storage, key);
        await tokens.SaveAsync("github", GitHub with { AccessToken = "an older one" }, Token);

        await tokens.SaveAsync("github", GitHub, Token);

        Assert.Equal(GitHub, await tokens.LoadAsync("github", Token));
        Assert.Null(await tokens.LoadAsync("gitlab", Token));
        Assert.Equal(["github"], await tokens.ListAsync(Token).ToListAsync(Token));
        AssertNowhere(Secret, "ann@example.org", Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))[..40]);
        await ReopenAsync();
        AssertNowhere(Secret);
        if (IsPersistent)
        {
            Assert.NotEmpty(Files());
            using var again = StoryTokenKey.FromFile(KeyPath(), Storage);
            Assert.Equal(GitHub, await new StoryTokens(Storage, again).LoadAsync("github", Token));
            Assert.Equal(key.Id, again.Id);
            Assert.True(await new StoryTokens(Storage, again).DeleteAsync("github", Token));
        }
    }

    [Fact]
    public async Task Two_saves_of_one_token_have_nothing_in_common()
    {
        using var key = Key(1);
        var tokens = new StoryTokens(Storage, key);

        await tokens.SaveAsync("one", GitHub, Token);
        var first = await RawAsync("one");
        await tokens.SaveAsync("one", GitHub, Token);
        var second = await RawAsync("one");

        Assert.NotEqual(first.GetProperty("nonce").GetString(), second.GetProperty("nonce").GetString());
        Assert.NotEqual(
            first.GetProperty("cipher").GetString()![..16], second.GetProperty("cipher").GetString()![..16]);
    }

    [Fact]
    public async Task Another_key_is_refused_with_both_named()
    {
        using var key = Key(1);
        using var other = Key(2);
        await new StoryTokens(Storage, key).SaveAsync("github", GitHub, Token);

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await new StoryTokens(Storage, other).LoadAsync("github", Token));

        Assert.Equal(
            $"Cannot read the token 'github': it was encrypted with the key '{key.Id}', and the one given is "
            + $"'{other.Id}'. Give that key too, or sign in again.",
            error.Message);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cipher")]
    [InlineData("nonce")]
    [InlineData("tag")]
    public async Task A_token_that_was_changed_anywhere_is_refused(string part)
    {
        using var key = Key(1);
        var tokens = new StoryTokens(Storage, key);
        await tokens.SaveAsync("github", GitHub, Token);
        var raw = await RawTextAsync("github");
        var bytes = (await RawAsync("github")).GetProperty(part).GetBytesFromBase64();
        var old = Convert.ToBase64String(bytes);
        bytes[^1] ^= 1;
        await PutRawAsync("github", raw.Replace(old, Convert.ToBase64String(bytes), StringComparison.Ordinal));

        await AssertDamagedAsync(tokens, "github");
        await PutRawAsync("github", raw.Replace(old, Convert.ToBase64String(bytes[..^1]), StringComparison.Ordinal));
        await AssertDamagedAsync(tokens, "github");
    }

    [Fact]
    public async Task A_token_under_another_name_or_of_another_version_is_refused()
    {
        using var key = Key(1);
        var tokens = new StoryTokens(Storage, key);
        await tokens.SaveAsync("github", GitHub, Token);
        var raw = await RawTextAsync("github");
        await PutRawAsync("gitlab", raw);

        await AssertDamagedAsync(tokens, "gitlab");
        await PutRawAsync("gitlab", raw.Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal));
        var newer = await Assert.ThrowsAsync<StoreException>(async () => await tokens.LoadAsync("gitlab", Token));

        Assert.Contains("version 2, expected 1. Update Undercroft.", newer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotating_encrypts_everything_anew_and_the_old_key_opens_nothing()
    {
        using var old = Key(1);
        using var key = Key(2);
        for (var i = 0; i < 5; i++)
        {
            await new StoryTokens(Storage, old).SaveAsync($"t{i}", GitHub, Token);
        }

        var both = new StoryTokens(Storage, key, old);
        await both.SaveAsync("t0", GitHub, Token);
        var rotated = await both.RotateAsync(Token);
        var again = await both.RotateAsync(Token);

        Assert.Equal((4, 0), (rotated, again));
        Assert.Equal(GitHub, await new StoryTokens(Storage, key).LoadAsync("t4", Token));
        _ = await Assert.ThrowsAsync<StoreException>(
            async () => await new StoryTokens(Storage, old).LoadAsync("t4", Token));
    }

    protected string KeyPath() => Path.Combine(Folder, "secrets", "token.key");

    protected static StoryTokenKey Key(byte value) =>
        StoryTokenKey.FromBytes(Enumerable.Repeat(value, StoryTokenKey.Length).ToArray());

    private static async Task AssertDamagedAsync(StoryTokens tokens, string name)
    {
        var error = await Assert.ThrowsAsync<StoreException>(async () => await tokens.LoadAsync(name, Token));
        Assert.Equal(StoreErrorKind.Corrupt, error.Kind);
        Assert.Equal(
            $"Cannot read the token '{name}': it was changed in the store, or belongs to another name. Delete it and "
            + "sign in again.",
            error.Message);
    }

    private string[] Files() =>
    [
        .. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(file => file != KeyPath() && Path.GetFileName(file) != "lock"),
    ];

    private void AssertNowhere(params string[] secrets)
    {
        foreach (var file in Files())
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            foreach (var secret in secrets)
            {
                Assert.True(
                    bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, $"{secret} is in {file}.");
            }
        }
    }

    private async Task<string> RawTextAsync(string name)
    {
        var read = await Storage.Store.ReadAsync(new RecordKey("story-tokens", name), default, Token);
        return Encoding.UTF8.GetString(read[0]!.Value.Span);
    }

    private async Task<JsonElement> RawAsync(string name) =>
        JsonDocument.Parse(await RawTextAsync(name)).RootElement;

    private async Task PutRawAsync(string name, string json) => _ = await Storage.Store.CommitAsync(
        new Commit(new PutOperation(new RecordKey("story-tokens", name), Encoding.UTF8.GetBytes(json))), Token);

    public sealed class OnMemory : StoryTokensTests
    {
        protected override string Address => "memory:";
    }

    public sealed class OnSqlite : StoryTokensTests
    {
        protected override string Address => "sqlite:{0}/db/stories.db";
    }

    public sealed class OnFiles : StoryTokensTests
    {
        protected override string Address => "file:{0}/stories";
    }
}
