using System.Text;

namespace Undercroft.Files.Tests.Faults;

/// <summary>A file that is replaced or deleted goes to a new record that is to hold just the same, whatever fails
/// meanwhile; and never where somebody has edited it.</summary>
public sealed class HeirTests
{
    private const string Root = FaultDay.Root;

    private static readonly RecordKey Note = new("c", "note");
    private static readonly RecordKey Kept = new("kept", "note");
    private static readonly RecordKey Moved = new("moved", "note");

    // What the three records hold after each commit of a life.
    private static readonly (string? Note, string? Kept, string? Moved)[] States =
    [
        (null, null, null),
        ("\"initial\"", null, null),
        ("\"changed\"", "\"initial\"", null),
        (null, "\"initial\"", "\"changed\""),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_file_of_a_document_that_is_kept_or_moves_is_given_on_as_it_is()
    {
        var files = FaultDay.NewDisk();
        await using var store = await FaultStore.OpenAsync(files);
        await CommitAsync(store, 1);
        await FaultStore.FlushAsync(store);
        var initial = files.Stat($"{Root}/c/note.json");

        await CommitAsync(store, 2);
        await FaultStore.FlushAsync(store);
        var changed = files.Stat($"{Root}/c/note.json");
        Assert.Equal(initial, files.Stat($"{Root}/kept/note.json"));

        await CommitAsync(store, 3);
        await FaultStore.FlushAsync(store);
        Assert.Equal(changed, files.Stat($"{Root}/moved/note.json"));
        Assert.Null(files.Stat($"{Root}/c/note.json"));
        Assert.Equal(States[3], await StateAsync(store));
    }

    [Fact]
    public async Task A_file_that_was_edited_is_not_given_on()
    {
        var files = FaultDay.NewDisk();
        await using var store = await FaultStore.OpenAsync(files);
        await CommitAsync(store, 1);
        await FaultStore.FlushAsync(store);
        files.EditInPlace($"{Root}/c/note.json", "\"by hand\""u8.ToArray());

        await CommitAsync(store, 2);
        await FaultStore.FlushAsync(store);

        Assert.Equal(("\"by hand\"", "\"initial\"", null), await StateAsync(store));
        Assert.Equal("\"initial\""u8.ToArray(), files.Peek($"{Root}/kept/note.json"));
    }

    [Fact]
    public async Task Where_something_has_the_name_already_it_is_looked_at_as_ever()
    {
        var files = FaultDay.NewDisk();
        await using var store = await FaultStore.OpenAsync(files);
        await CommitAsync(store, 1);
        await FaultStore.FlushAsync(store);
        files.CreateDirectory($"{Root}/kept");
        files.Edit($"{Root}/kept/note.json", "\"by hand\""u8.ToArray());

        await CommitAsync(store, 2);
        await FaultStore.FlushAsync(store);

        Assert.Equal(("\"changed\"", "\"by hand\"", null), await StateAsync(store));
    }

    [Theory]
    [InlineData("kill")]
    [InlineData("cut")]
    [InlineData("no room")]
    [InlineData("bad disk")]
    public async Task Whatever_call_fails_each_acknowledged_commit_is_there_whole(string way)
    {
        var all = FaultDay.NewDisk();
        _ = await LiveAsync(all);
        for (var at = 1; at <= all.Calls; at++)
        {
            var files = FaultDay.NewDisk();
            files.EndsAt = way is "kill" or "cut" ? at : 0;
            (files.FailsAt, files.FailsWith) = way is "kill" or "cut" ? (0, 0) : (at, way == "no room" ? 28 : 5);
            var acknowledged = await LiveAsync(files);
            var failed = files.Failed;
            if (way == "cut")
            {
                files.PowerOn(new Random(at));
            }
            else
            {
                files.Restart();
            }

            await CheckAsync(files, acknowledged, mayAside: way != "kill", $"{way} at call {at} ({failed})");
        }
    }

    private static async Task CheckAsync(FaultFileSystem files, int acknowledged, bool mayAside, string what)
    {
        await using var store = await FaultStore.OpenAsync(files);
        var found = Array.IndexOf(States, await StateAsync(store));
        Assert.True(
            found == acknowledged || found == acknowledged + 1,
            $"After {what}: {found} of {acknowledged} acknowledged commits are there.");
        await FaultStore.FlushAsync(store);
        Assert.Equal(States[found], await StateAsync(store));
        var aside = files.Files().Where(static path => path.Contains("quarantine/", StringComparison.Ordinal));
        Assert.True(mayAside || !aside.Any(), $"After {what}: {string.Join(' ', aside)} is put aside.");
        var verified = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);
        Assert.True(verified.Problems.Count == 0, $"After {what}: {string.Join(' ', verified.Problems)}");
    }

    /// <summary>Makes the three commits.</summary>
    /// <returns>How many were acknowledged.</returns>
    private static async Task<int> LiveAsync(FaultFileSystem files)
    {
        var acknowledged = 0;
        try
        {
            await using var store = await FaultStore.OpenAsync(files);
            for (var number = 1; number < States.Length; number++)
            {
                await CommitAsync(store, number);
                acknowledged = number;
                await FaultStore.FlushAsync(store);
            }
        }
        catch (StoreException)
        {
            // The end came.
        }

        return acknowledged;
    }

    private static async Task CommitAsync(FileStore store, int number)
    {
        StoreOperation[] operations = number switch
        {
            1 => [Put(Note, "\"initial\"")],
            2 => [Put(Note, "\"changed\""), Put(Kept, "\"initial\"")],
            _ => [new DeleteOperation(Note), Put(Moved, "\"changed\"")],
        };
        _ = await store.CommitAsync(new Commit(operations), Cancel);
    }

    private static PutOperation Put(RecordKey key, string text) => new(key, Encoding.UTF8.GetBytes(text));

    private static async Task<(string? Note, string? Kept, string? Moved)> StateAsync(FileStore store)
    {
        KeyList keys = new[] { Note, Kept, Moved };
        var read = await store.ReadAsync(keys, default, Cancel);
        return (Text(read[0]), Text(read[1]), Text(read[2]));
    }

    private static string? Text(StoreRecord? record) =>
        record is null ? null : Encoding.UTF8.GetString(record.Value.Span);
}
