namespace Undercroft.Monitors.Tests.Execution;

/// <summary>Where secrets come from, and what plans cannot reach.</summary>
public sealed class SecretProviderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-secrets-");

    [Fact]
    public async Task Files_below_the_folder_are_read_whole_or_by_field()
    {
        await WriteAsync("in/token", "abc\r\n");
        await WriteAsync("in/login", """{"user": "ann", "id": 7}""");
        var provider = new FileSecretProvider(Path.Combine(folder.FullName, "in"));

        Assert.Equal("abc", await FindAsync(provider, new("file", "token")));
        Assert.Equal("ann", await FindAsync(provider, new("file", "login", Field: "user")));
        Assert.Equal("7", await FindAsync(provider, new("file", "login", Field: "id")));
        Assert.Null(await FindAsync(provider, new("file", "login", Field: "none")));
        Assert.Null(await FindAsync(provider, new("file", "none/at/all")));
        var noJson = await Assert.ThrowsAsync<SecretException>(
            () => FindAsync(provider, new("file", "token", Field: "x")));
        Assert.DoesNotContain("abc", noJson.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_outside_of_the_folder_can_be_read()
    {
        await WriteAsync("out", "secret");
        await WriteAsync("inside/ok", "x");
        var inside = Path.Combine(folder.FullName, "inside");
        var outside = Path.Combine(folder.FullName, "out");
        _ = File.CreateSymbolicLink(Path.Combine(inside, "link"), outside);
        var provider = new FileSecretProvider(inside);

        foreach (var reference in new[] { "../out", outside, "link", "ok/../../out", "", "." })
        {
            _ = await Assert.ThrowsAsync<SecretException>(() => FindAsync(provider, new("file", reference)));
        }
    }

    [Fact]
    public async Task A_folder_that_is_a_link_is_judged_by_where_it_leads()
    {
        await WriteAsync("out/secret", "secret");
        await WriteAsync("inside/v1/token", "abc");
        var inside = Path.Combine(folder.FullName, "inside");
        Link("inside/away", Path.Combine(folder.FullName, "out"));
        Link("inside/further", "v1/../away");
        Link("inside/round", "round");

        // As an orchestrator mounts secrets; the folder may be a link itself.
        Link("inside/..data", "v1");
        Link("inside/token", "..data/token");
        Link("mounted", inside);

        foreach (var root in new[] { inside, Path.Combine(folder.FullName, "mounted") })
        {
            var provider = new FileSecretProvider(root);
            Assert.Equal("abc", await FindAsync(provider, new("file", "token")));
            Assert.Equal("abc", await FindAsync(provider, new("file", "..data/token")));
            Assert.Null(await FindAsync(provider, new("file", "..data/none")));
            foreach (var reference in new[] { "away/secret", "further/secret", "away", "round/token" })
            {
                _ = await Assert.ThrowsAsync<SecretException>(() => FindAsync(provider, new("file", reference)));
            }
        }
    }

    [Fact]
    public async Task Only_variables_with_the_prefix_can_be_read()
    {
        var provider = new EnvironmentSecretProvider(static name => $"[{name}]");

        Assert.Equal("[UNDERCROFT_SECRET_PATH]", await FindAsync(provider, new("env", "PATH")));
        Assert.Equal("[UNDERCROFT_SECRET_A]", await FindAsync(provider, new("env", "UNDERCROFT_SECRET_A")));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static async Task<string?> FindAsync(ISecretProvider provider, SecretReference secret) =>
        await provider.FindAsync(secret, TestContext.Current.CancellationToken);

    private void Link(string name, string target) =>
        _ = File.CreateSymbolicLink(Path.Combine(folder.FullName, name), target);

    private async Task WriteAsync(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
    }
}
