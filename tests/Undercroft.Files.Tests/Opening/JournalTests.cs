using System.Text;
using Undercroft.Files.Tests.Faults;
using Undercroft.Testing;

namespace Undercroft.Files.Tests.Opening;

/// <summary>A journal that a crash has cut off is recovered; a damaged one is not opened; and nothing is ever made up.
/// </summary>
public sealed class JournalTests
{
    private const string Root = "/data/store";
    private const string Segment = "/data/store/.undercroft/journal-00000001";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_truncation_of_the_journal_leaves_whole_commits_only()
    {
        var bytes = await WriteJournalAsync();
        for (var length = 0; length <= bytes.Length; length += length < 64 ? 16 : 3)
        {
            var files = await NewDiskAsync();
            files.Edit(Segment, bytes[..length]);

            var found = await ReadAllAsync(files);

            Assert.True(
                found >= 0 && (length < bytes.Length || found == 3), $"Cut at {length}, commit {found} was found.");
        }
    }

    [Fact]
    public async Task Every_flipped_byte_of_the_journal_is_refused_or_leaves_whole_commits_only()
    {
        var bytes = await WriteJournalAsync();
        var refused = 0;
        for (var at = 0; at < bytes.Length; at += 2)
        {
            var files = await NewDiskAsync();
            var damaged = bytes.ToArray();
            damaged[at] ^= 0x10;
            files.Edit(Segment, damaged);
            try
            {
                _ = await ReadAllAsync(files);
            }
            catch (StoreException error)
            {
                Assert.Equal(StoreErrorKind.Corrupt, error.Kind);
                Assert.Contains("journal-00000001", error.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.True(refused > bytes.Length / 2 * 9 / 10, $"Only {refused} of {bytes.Length / 2} flips were noticed.");
    }

    [Fact]
    public async Task A_damaged_record_with_synced_ones_behind_it_is_refused_after_a_restart_of_the_machine_too()
    {
        var bytes = await WriteJournalAsync();
        var files = await NewDiskAsync();
        files.Edit(Segment, Damage(bytes, "first"));
        files.PowerOn(new Random(1));

        var error = await Assert.ThrowsAsync<StoreException>(() => ReadAllAsync(files));

        Assert.Equal(StoreErrorKind.Corrupt, error.Kind);
        Assert.Equal(Damage(bytes, "first"), files.Peek(Segment));
    }

    [Fact]
    public async Task A_torn_tail_is_cut_after_a_restart_of_the_machine()
    {
        var bytes = await WriteJournalAsync();
        var files = await NewDiskAsync();
        files.Edit(Segment, Damage(bytes, "third"));
        files.PowerOn(new Random(1));

        Assert.Equal(2, await ReadAllAsync(files));
    }

    [Theory]
    [InlineData("\"thi")]
    [InlineData("")]
    public async Task A_file_that_was_cut_off_in_the_same_run_of_the_machine_is_put_aside(string edit)
    {
        var files = await CrashedAsync();
        files.Edit($"{Root}/c/value.json", Encoding.UTF8.GetBytes(edit));

        await using var store = await OpenAsync(files);

        var found = (await store.ReadAsync(new RecordKey("c", "value"), cancellationToken: Cancel))[0];
        Assert.Equal("\"third\"", Encoding.UTF8.GetString(found!.Value.Span));
        var aside = Assert.Single(files.Files(), static path => path.Contains("quarantine", StringComparison.Ordinal));
        Assert.Equal(edit, Encoding.UTF8.GetString(files.Peek(aside)!));
        Assert.Contains("only the beginning", Assert.Single(store.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_neither_old_nor_new_is_an_edit_in_the_same_run_of_the_machine()
    {
        var files = await CrashedAsync();
        files.Edit($"{Root}/c/value.json", "\"by hand\""u8.ToArray());

        await using var store = await OpenAsync(files);

        var found = (await store.ReadAsync(new RecordKey("c", "value"), cancellationToken: Cancel))[0];
        Assert.Equal(("\"by hand\"", FileStore.HandOrigin), (Encoding.UTF8.GetString(found!.Value.Span), found.Origin));
        Assert.Equal(new Revision(4), found.Revision);
    }

    [Fact]
    public async Task A_file_that_is_neither_old_nor_new_is_put_aside_after_a_restart_of_the_machine()
    {
        var files = await CrashedAsync();
        files.PowerOn(new Random(1));
        files.Edit($"{Root}/c/value.json", "\"by whom\""u8.ToArray());

        await using var store = await OpenAsync(files);

        var found = (await store.ReadAsync(new RecordKey("c", "value"), cancellationToken: Cancel))[0];
        Assert.Equal("\"third\"", Encoding.UTF8.GetString(found!.Value.Span));
        var aside = Assert.Single(files.Files(), static path => path.Contains("quarantine", StringComparison.Ordinal));
        Assert.Equal("\"by whom\"", Encoding.UTF8.GetString(files.Peek(aside)!));
        Assert.Contains("quarantine", Assert.Single(store.Notices), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"first\"", false)]
    [InlineData("\"second\"", false)]
    [InlineData("\"third\"", false)]
    [InlineData("\"third\"", true)]
    [InlineData("\"thi", true)]
    [InlineData("", true)]
    [InlineData(null, false)]
    [InlineData(null, true)]
    public async Task A_file_that_holds_what_the_journal_knows_is_brought_up_to_date(string? held, bool isPowerCut)
    {
        var files = await CrashedAsync();
        if (isPowerCut)
        {
            files.PowerOn(new Random(1));
        }

        files.Edit($"{Root}/c/value.json", held is null ? null : Encoding.UTF8.GetBytes(held));

        await using (var store = await OpenAsync(files))
        {
            var found = (await store.ReadAsync(new RecordKey("c", "value"), cancellationToken: Cancel))[0];
            Assert.Equal(("\"third\"", new Revision(3)), (Encoding.UTF8.GetString(found!.Value.Span), found.Revision));
            Assert.Empty(store.Notices);
        }

        Assert.Equal("\"third\"", Encoding.UTF8.GetString(files.Peek($"{Root}/c/value.json")!));
    }

    private static byte[] Damage(byte[] bytes, string text)
    {
        var damaged = bytes.ToArray();
        damaged[bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text))] ^= 1;
        return damaged;
    }

    private static FileStoreOptions Options() => new()
    {
        Directory = Root,
        TreeDelay = TimeSpan.FromMinutes(1),
        RescanInterval = Timeout.InfiniteTimeSpan,
    };

    private static async Task<FileStore> OpenAsync(FaultFileSystem files) =>
        await FileStore.OpenAsync(files, Options(), new ManualClock(), Cancel);

    /// <summary>A disk with a store whose process was killed after three commits, before any came into the tree.
    /// </summary>
    private static async Task<FaultFileSystem> CrashedAsync()
    {
        var files = new FaultFileSystem();
        files.CreateDirectory("/data");
        files.SyncAll("/");
        var store = await OpenAsync(files);
        foreach (var text in new[] { "\"first\"", "\"second\"", "\"third\"" })
        {
            _ = await store.CommitAsync(
                new Commit(
                    new PutOperation(new RecordKey("c", "value"), Encoding.UTF8.GetBytes(text)),
                    new PutOperation(new RecordKey("c", "twin"), Encoding.UTF8.GetBytes(text))),
                Cancel);
        }

        // Everything fails from here on: the store ends as if it were killed.
        (files.FailsAt, files.FailsOn, files.FailsWith) = (1, true, 5);
        await store.DisposeAsync();
        files.Restart();
        return files;
    }

    private static Task<FaultFileSystem> NewDiskAsync() => CrashedAsync();

    private static async Task<byte[]> WriteJournalAsync() => (await CrashedAsync()).Peek(Segment)!;

    /// <summary>Opens the store and says which commit is the latest; both records must be of it.</summary>
    private static async Task<int> ReadAllAsync(FaultFileSystem files)
    {
        await using var store = await OpenAsync(files);
        var found = await store.ReadAsync(
            new[] { new RecordKey("c", "value"), new RecordKey("c", "twin") }, cancellationToken: Cancel);
        Assert.Equal(found[0]?.Revision, found[1]?.Revision);
        Assert.Equal(found[0]?.Value.ToArray(), found[1]?.Value.ToArray());
        return (int)(found[0]?.Revision.Value ?? 0);
    }
}
