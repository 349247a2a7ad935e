namespace Undercroft.Stories.Tests;

public sealed class StoryTokenKeyTests : BackendTests
{
    protected override string Address => "file:{0}/stories";

    [Fact]
    public void A_missing_file_is_made_with_a_random_key_that_only_its_owner_can_read()
    {
        var path = Path.Combine(Folder, "secrets", "token.key");

        using var key = StoryTokenKey.FromFile(path, Storage);
        using var again = StoryTokenKey.FromFile(path, Storage);
        using var other = StoryTokenKey.FromFile(path + "2", Storage);

        Assert.Equal(key.Id, again.Id);
        Assert.NotEqual(key.Id, other.Id);
        Assert.Equal(StoryTokenKey.Length, new FileInfo(path).Length);
        Assert.Equal([path, path + "2"], Directory.GetFiles(Path.GetDirectoryName(path)!).Order());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void A_folder_is_refused_and_no_key_is_left_beside_it()
    {
        var path = Directory.CreateDirectory(Path.Combine(Folder, "secrets", "token.key")).FullName;

        var error = Assert.Throws<StoreException>(() => StoryTokenKey.FromFile(path, Storage));

        Assert.Equal(StoreErrorKind.Unavailable, error.Kind);
        Assert.Equal([path], Directory.GetFileSystemEntries(Path.Combine(Folder, "secrets")));
    }

    [Fact]
    public async Task Of_many_that_make_the_file_at_once_all_have_the_same_key()
    {
        var path = Path.Combine(Folder, "secrets", "token.key");

        var ids = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(
            () =>
            {
                using var key = StoryTokenKey.FromFile(path, Storage);
                return key.Id;
            },
            Token)));

        Assert.Single(ids.Distinct());
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, "640")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead, "604")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserExecute, "500")]
    public void A_file_that_others_may_use_is_refused(UnixFileMode mode, string octal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        var path = Path.Combine(Folder, "token.key");
        StoryTokenKey.FromFile(path, Storage).Dispose();
#pragma warning disable CA1416 // Skipped on Windows.
        File.SetUnixFileMode(path, mode);
#pragma warning restore CA1416

        var error = Assert.Throws<StoreException>(() => StoryTokenKey.FromFile(path, Storage));

        Assert.Equal(
            $"The key file '{path}' has the mode {octal}, expected 600: only its owner may have any right to it. Run "
            + $"chmod 600 '{path}', and take the key for known if others could read it.",
            error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_file_of_another_length_is_refused(int length)
    {
        var path = Path.Combine(Folder, "token.key");
        StoryTokenKey.FromFile(path, Storage).Dispose();
        File.WriteAllBytes(path, new byte[length]);

        var error = Assert.Throws<StoreException>(() => StoryTokenKey.FromFile(path, Storage));

        Assert.StartsWith(
            $"The key file '{path}' has {length} bytes; a key has 32.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_inside_the_store_or_beside_its_database_is_refused_however_it_is_named()
    {
        var inside = Path.Combine(Folder, "stories");
        var link = Path.Combine(Folder, "link");
        Directory.CreateSymbolicLink(link, "stories");
        await using var sqlite = await Storage.OpenAsync(
            $"sqlite:{Folder}/db/stories.db", new StoreSchemes().AddSqlite(), cancellationToken: Token);

        foreach (var path in new[]
        {
            Path.Combine(inside, "token.key"),
            Path.Combine(inside, "a", "b.key"),
            Path.Combine(Folder, "x", "..", "stories", "token.key"),
            Path.Combine(link, "token.key"),
        })
        {
            var error = Assert.Throws<StoreException>(() => StoryTokenKey.FromFile(path, Storage));
            Assert.Contains("is in the folder of the store", error.Message, StringComparison.Ordinal);
            Assert.False(File.Exists(path));
        }

        _ = Assert.Throws<StoreException>(
            () => StoryTokenKey.FromFile(Path.Combine(Folder, "db", "token.key"), sqlite));
        StoryTokenKey.FromFile(Path.Combine(Folder, "storiesx", "token.key"), Storage).Dispose();
        StoryTokenKey.FromFile(Path.Combine(Folder, "db", "secrets", "token.key"), sqlite).Dispose();
    }

    [Fact]
    public void A_link_that_leads_into_the_store_is_refused()
    {
        var outside = Path.Combine(Folder, "token.key");
        File.WriteAllBytes(Path.Combine(Folder, "stories", "token.key"), new byte[32]);
        File.CreateSymbolicLink(outside, Path.Combine("stories", "token.key"));

        var error = Assert.Throws<StoreException>(() => StoryTokenKey.FromFile(outside, Storage));

        Assert.Contains("is in the folder of the store", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_from_the_caller_has_32_bytes_and_is_never_shown()
    {
        var error = Assert.Throws<ArgumentException>(() => StoryTokenKey.FromBytes(new byte[16]));
        var key = StoryTokenKey.FromBytes(new byte[32]);
        var text = key.ToString();
        key.Dispose();
        var token = new StoryToken { AccessToken = "secret", Scope = "repo" };

        Assert.StartsWith("A key has 32 bytes; found 16.", error.Message, StringComparison.Ordinal);
        Assert.Equal($"token key {key.Id}", text);
        Assert.DoesNotContain("secret", token.ToString(), StringComparison.Ordinal);
        Assert.Contains("repo", token.ToString(), StringComparison.Ordinal);
        _ = Assert.Throws<ObjectDisposedException>(() => key.Bytes.Length);
    }
}
