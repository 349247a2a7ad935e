using Undercroft.Files.Index;
using Undercroft.Files.Journal;
using Undercroft.Files.State;
using Undercroft.Files.Tree;
using Undercroft.Files.Writing;

namespace Undercroft.Files.Opening;

/// <summary>The parts of a store that is open for writing.</summary>
internal sealed class OpenStore
{
    private readonly IDisposable held;

    public OpenStore(
        StoreCore core, FrameFile journal, IndexLog index, Head head, Reconciliation reconciliation, IDisposable held)
    {
        this.held = held;
        Core = core;
        Found = reconciliation.Edits;
        Queue = new WriteQueue(core.Options.GroupMax, core.Options.QueueMax, core.Options.JournalBytesMax);
        Queue.Grow(reconciliation.Dirty.Records.Values.Sum(static record => record.Bytes));
        core.Failed = Queue.Refuse;
        Edits = new HandEdits(core, Queue);
        Writer = new CommitWriter(core, Queue, journal, reconciliation.Dirty, () => Worker!.Wake());
        Edits.Attach(Writer);
        Worker = new TreeWorker(core, Queue, Writer, index, Edits, head, journal.Number);
    }

    public StoreCore Core { get; }

    public WriteQueue Queue { get; }

    public CommitWriter Writer { get; }

    public TreeWorker Worker { get; }

    public HandEdits Edits { get; }

    /// <summary>Edits made by hand that came to light at the opening.</summary>
    public IReadOnlyList<HandEdit> Found { get; }

    /// <summary>Closes the store: what waits is written, put into the tree, and the folder is free.</summary>
    public async ValueTask CloseAsync()
    {
        Queue.Close();
        await Writer.Ended.ConfigureAwait(false);
        await Worker.CloseAsync().ConfigureAwait(false);
        try
        {
            // The last checkpoint has done this, unless it failed: then acknowledged commits may be in memory only.
            Writer.Flush();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Core.Translate(
                error, "write down, when it was closed, the last commits of level Memory, and they are lost");
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Leaves a store whose opening failed; the tree's thread has not begun.</summary>
    public async ValueTask AbandonAsync()
    {
        Queue.Close();
        await Writer.Ended.ConfigureAwait(false);
        Release();
    }

    private void Release()
    {
        Worker.Dispose();
        Writer.Dispose();
        held.Dispose();
    }
}
