using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Writing;

/// <summary>Moves the write-ahead log into the database: early where nothing waits, late where commits do.</summary>
/// <param name="pagesMax">How long the log may grow while commits wait.</param>
/// <param name="endIdleSnapshots">Ends snapshots that nobody uses: the log cannot be emptied behind them.</param>
internal sealed class LogKeeper(int pagesMax, Action endIdleSnapshots)
{
    private WalMark? mark;

    /// <summary>Takes SQLite's automatic checkpoints over, where the log can be watched.</summary>
    public void Start(SqliteConnection writer)
    {
        mark = WalMark.Find(writer);
        if (mark is not null)
        {
            writer.Execute("PRAGMA wal_autocheckpoint = 0");
        }
    }

    /// <summary>Looks at the log after a transaction.</summary>
    public void AfterGroup(SqliteConnection writer, bool isIdle)
    {
        if (mark is null || mark.Pending < (isIdle ? pagesMax / 4 : pagesMax))
        {
            return;
        }

        try
        {
            endIdleSnapshots();
            _ = writer.Checkpoint(SqliteCode.CheckpointPassive);
        }
        catch (SqliteException)
        {
            // Everything committed is safe in the log. The next commit meets the error if it is there still, and has a
            // caller to tell.
        }
    }
}
