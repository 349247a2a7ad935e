namespace Undercroft.Cli.Tests;

/// <summary>Archives and copies between the two durable kinds of stores.</summary>
public sealed class StoreCopyCommandTests : CliFixture
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private string Sqlite => "sqlite:" + PathOf("a.db");

    private string Files => "file:" + PathOf("b");

    public StoreCopyCommandTests() => Variables["UNDERCROFT_STORE"] = Sqlite;

    [Fact]
    public async Task A_copy_is_equal_and_goes_on_when_it_is_run_again()
    {
        await FillAsync();

        var first = await RunAsync("store", "copy", Sqlite, Files);
        _ = (await RunAsync("store", "put", "notes", "c", "3")).MustSucceed();
        _ = (await RunAsync("store", "delete", "notes", "a")).MustSucceed();
        var second = await RunAsync("store", "copy", Sqlite, Files, "--json");
        var equal = await RunAsync("store", "compare", Sqlite, Files);

        Assert.StartsWith($"Copied into {Files}: 2 records, 0 deletions, ", first.MustSucceed().Out, Ordinal);
        var json = second.MustSucceed().Json();
        Assert.Equal(3, json.GetProperty("records").GetInt64());
        Assert.Equal(1, json.GetProperty("deletions").GetInt64());
        Assert.True(json.GetProperty("resumed").GetBoolean() && json.GetProperty("caughtUp").GetBoolean());
        Assert.Equal("Equal: 2 records compared.\n", equal.MustSucceed().Out);
    }

    [Fact]
    public async Task An_archive_that_somebody_else_is_writing_is_left_to_them()
    {
        await FillAsync();
        await using (new FileStream(PathOf("x.tar.part"), FileMode.Create, FileAccess.Write, FileShare.None))
        {
            var refused = await RunAsync("store", "archive", PathOf("x.tar"));

            Assert.Equal(1, refused.Code);
            Assert.StartsWith("undercroft: Cannot write ", refused.Error, Ordinal);
            Assert.True(File.Exists(PathOf("x.tar.part")));
        }

        _ = (await RunAsync("store", "archive", PathOf("x.tar"))).MustSucceed();
    }

    [Fact]
    public async Task A_live_copy_ends_by_Ctrl_C_and_what_it_told_of_is_there()
    {
        await FillAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = RunAsync(
            new CliRunOptions { Cancellation = stop.Token }, "store", "copy", Sqlite, Files, "--live", "--json");
        await ArrivalAsync("b");

        // A batch can be read before it is told of; not so the one before it.
        _ = (await RunAsync("store", "put", "notes", "d", "4")).MustSucceed();
        await ArrivalAsync("d");
        await stop.CancelAsync();

        var result = await running;
        Assert.Equal(130, result.Code);
        Assert.Contains("\"caughtUp\":true", result.Out, Ordinal);
        _ = (await RunAsync("store", "compare", Sqlite, Files)).MustSucceed();

        async Task ArrivalAsync(string id)
        {
            while ((await RunAsync("store", "get", "notes", id, "--store", Files)).Code != 0)
            {
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task A_target_with_documents_is_refused_overwritten_or_made_a_mirror()
    {
        await FillAsync();
        _ = (await RunAsync("store", "put", "notes", "mine", "9", "--store", Files)).MustSucceed();

        var refused = await RunAsync("store", "copy", Sqlite, Files);
        var both = await RunAsync("store", "copy", Sqlite, Files, "--mirror", "--overwrite");
        var overwritten = await RunAsync("store", "copy", Sqlite, Files, "--overwrite");
        var differs = await RunAsync("store", "compare", Sqlite, Files, "--json");
        var mirror = "file:" + PathOf("c");
        _ = (await RunAsync("store", "put", "notes", "mine", "9", "--store", mirror)).MustSucceed();
        var mirrored = await RunAsync("store", "copy", Sqlite, mirror, "--mirror");

        Assert.Equal((4, 2), (refused.Code, both.Code));
        _ = overwritten.MustSucceed();
        Assert.Equal(1, differs.Code);
        Assert.Equal(
            """[{"collection":"notes","id":"mine","what":"only right"}]""",
            differs.Json().GetProperty("differences").GetRawText());
        _ = mirrored.MustSucceed();
        _ = (await RunAsync("store", "compare", Sqlite, mirror)).MustSucceed();
    }

    [Fact]
    public async Task A_store_is_not_copied_into_itself()
    {
        await FillAsync();

        var result = await RunAsync("store", "copy", Sqlite, Sqlite);

        Assert.Equal(2, result.Code);
        Assert.Contains("they are one store", result.Error, Ordinal);
    }

    [Theory]
    [InlineData("x.tar")]
    [InlineData("x.tar.gz")]
    public async Task An_archive_is_verified_restored_as_another_kind_and_found_equal(string name)
    {
        await FillAsync();
        var archive = PathOf(name);

        var written = await RunAsync("store", "archive", archive);
        var again = await RunAsync("store", "archive", archive);
        var verified = await RunAsync("store", "archive", "verify", archive, "--json");
        var restored = await RunAsync("store", "restore", archive, "--store", Files, "--json");
        var equal = await RunAsync("store", "compare", archive, Files);

        Assert.StartsWith($"Archived to {archive}: 2 records, ", written.MustSucceed().Out, Ordinal);
        Assert.Equal(4, again.Code);
        Assert.Equal(2, verified.MustSucceed().Json().GetProperty("records").GetInt64());
        Assert.Equal(PathOf("b"), restored.MustSucceed().Json().GetProperty("target").GetString());
        Assert.Equal(2, restored.Json().GetProperty("examined").GetInt64());
        _ = equal.MustSucceed();
        Assert.Equal(["a.db", "b", name], Entries());
    }

    [Fact]
    public async Task A_store_that_is_there_is_kept_moved_aside_merged_or_overwritten_as_told()
    {
        await FillAsync();
        var archive = PathOf("x.tar");
        _ = (await RunAsync("store", "archive", archive)).MustSucceed();
        _ = (await RunAsync("store", "put", "notes", "a", "7", "--store", Files)).MustSucceed();

        var refused = await RunAsync("store", "restore", archive, "--store", Files);
        var merged = await RunAsync("store", "restore", archive, "--merge", "--store", Files, "--json");
        var kept = await RunAsync("store", "get", "notes", "a", "--store", Files);
        _ = (await RunAsync("store", "restore", archive, "--overwrite", "--store", Files)).MustSucceed();
        var overwritten = await RunAsync("store", "get", "notes", "a", "--store", Files);
        var forced = await RunAsync("store", "restore", archive, "--force", "--store", Files, "--json");

        Assert.Equal(4, refused.Code);
        Assert.Equal(1, merged.MustSucceed().Json().GetProperty("kept").GetInt64());
        Assert.Equal(("7", "1"), (kept.Out, overwritten.Out));
        Assert.True(Directory.Exists(forced.MustSucceed().Json().GetProperty("movedAside").GetString()));
        _ = (await RunAsync("store", "compare", archive, Files)).MustSucceed();
    }

    [Fact]
    public async Task A_damaged_archive_leaves_nothing_behind()
    {
        await FillAsync();
        var archive = PathOf("x.tar");
        _ = (await RunAsync("store", "archive", archive)).MustSucceed();
        var bytes = await File.ReadAllBytesAsync(archive, TestContext.Current.CancellationToken);
        bytes[1100] ^= 1;
        await File.WriteAllBytesAsync(archive, bytes, TestContext.Current.CancellationToken);

        var verified = await RunAsync("store", "archive", "verify", archive);
        var restored = await RunAsync("store", "restore", archive, "--store", Files);

        Assert.Equal((1, 1), (verified.Code, restored.Code));
        Assert.Equal(verified.Error, restored.Error);
        Assert.StartsWith("undercroft: The archive is damaged or no archive at all: at byte ", restored.Error, Ordinal);
        Assert.Equal(["a.db", "x.tar"], Entries());
    }

    private async Task FillAsync()
    {
        _ = (await RunAsync("store", "put", "notes", "a", "1", "--tag", "t")).MustSucceed();
        _ = (await RunAsync("store", "put", "notes", "b", "2", "--ttl", "7d")).MustSucceed();
    }

    private string[] Entries() =>
        [.. Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
}
