using Undercroft.Files.State;
using Undercroft.Files.Tests.Faults;
using Undercroft.Files.Tree;
using Undercroft.Files.Values;
using Undercroft.Files.Writing;
using Undercroft.Testing;

namespace Undercroft.Files.Tests;

/// <summary>Edits that were found in the way of a write are handed in without waiting. Whoever asks for a look later on
/// must find them committed: their record has no file of its own yet, so the look itself does not see them.</summary>
public sealed class HandEditOrderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task What_was_handed_in_without_waiting_is_committed_before_a_later_look_ends(int foundLater)
    {
        var core = new StoreCore(
            FaultDay.NewDisk(), new TreePaths(FaultDay.Root), FaultDay.Options(), new ManualClock(),
            StoreState.Empty(new Guid(1, 2, 3, new byte[8])));
        using var queue = new WriteQueue(groupMax: 10, queueMax: 10, bytesMax: 1024);
        var edits = new HandEdits(core, queue);
        HandIn(edits, "in the way");

        var later = edits.SubmitAsync([.. Enumerable.Range(0, foundLater).Select(static _ => Edit("found"))]);

        var group = new List<WriteRequest>();
        Assert.True(queue.Take(group, out _));
        Assert.Equal(2, group.Count);
        Assert.False(later.IsCompleted);
        group.ForEach(static request => request.Succeed());
        _ = await later;
    }

    private static void HandIn(HandEdits edits, string id) => edits.Submit([Edit(id)]);

    private static HandEdit Edit(string id) =>
        new(new RecordKey("c", id), null, new StoredValue("\"by hand\""u8.ToArray(), ValueKind.Json));
}
