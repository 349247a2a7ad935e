using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Reading;

namespace Undercroft.Sqlite.Writing;

/// <summary>Moves the write-ahead log into the database: early where nothing waits, late where commits do.</summary>
/// <remarks>The log begins anew with the first commit after all of it was moved, where no reader needs it then. Readers
/// that never rest may need it each time, one or another of them: once the log is twice as long as it should be, they
/// are paused for a moment. For a caller alone that writes much at once, early is every few of its commits: each move
/// costs a flush of its own, and the next commit waits for it.</remarks>
/// <param name="usualPagesMax">How long the log may grow while commits wait, in pages of the usual size.</param>
/// <param name="busyTimeout">How long the writer's connection waits for others otherwise.</param>
/// <param name="readers">The readers of this process.</param>
internal sealed class LogKeeper(int usualPagesMax, TimeSpan busyTimeout, ReaderPool readers)
{
    private const int PagesMin = 16;
    private const int CommitsMin = 4;

    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(50);

    private WalMark? mark;
    private int pagesMax = usualPagesMax;
    private int pauseAt;
    private int framesBefore;
    private int framesOfLast;

    /// <summary>Takes SQLite's automatic checkpoints over, where the log can be watched.</summary>
    public void Start(SqliteConnection writer)
    {
        var pageBytes = writer.Query("PRAGMA page_size") ?? SqliteStoreOptions.PageBytesUsual;
        pagesMax = (int)Math.Max(PagesMin, (long)pagesMax * SqliteStoreOptions.PageBytesUsual / pageBytes);
        pauseAt = pagesMax * 2;
        mark = WalMark.Find(writer);
        if (mark is not null)
        {
            writer.Execute("PRAGMA wal_autocheckpoint = 0");
        }
    }

    /// <summary>Whether the log has grown so long that it is time to move it. Asked after each transaction.</summary>
    public bool IsDue(bool isIdle)
    {
        if (mark is null)
        {
            return false;
        }

        var frames = mark.Frames;
        if (frames != framesBefore)
        {
            // Where there are fewer than before the log has begun anew.
            framesOfLast = frames > framesBefore ? frames - framesBefore : frames;
            framesBefore = frames;
        }

        var early = Math.Clamp(framesOfLast * CommitsMin, pagesMax / 4, pagesMax);
        return mark.Pending >= (isIdle ? early : pagesMax);
    }

    /// <summary>Looks at the log after a transaction.</summary>
    public void AfterGroup(SqliteConnection writer, bool isIdle)
    {
        if (mark is null || !IsDue(isIdle))
        {
            return;
        }

        try
        {
            if (mark.Frames < pauseAt)
            {
                readers.EndIdleSnapshots();
                _ = writer.Checkpoint(SqliteCode.CheckpointPassive);
            }
            else
            {
                // Where a long read is in the way, there is no point in waiting for it again and again.
                var isEmptied = readers.Pause(PauseMax, () => Empty(writer, SqliteCode.CheckpointRestart));
                pauseAt = isEmptied ? pagesMax * 2 : mark.Frames + pagesMax;
            }
        }
        catch (SqliteException)
        {
            // Everything committed is safe in the log. The next commit meets the error if it is there still, and has a
            // caller to tell.
        }
    }

    /// <summary>Cuts the log off, where no long read of anybody is in the way.</summary>
    public bool Truncate(SqliteConnection writer) =>
        readers.Pause(PauseMax, () => Empty(writer, SqliteCode.CheckpointTruncate));

    private bool Empty(SqliteConnection writer, int mode)
    {
        // Readers of other processes are waited for too, but no longer than our own.
        writer.SetBusyTimeout(busyTimeout < PauseMax ? busyTimeout : PauseMax);
        try
        {
            return writer.Checkpoint(mode);
        }
        finally
        {
            writer.SetBusyTimeout(busyTimeout);
        }
    }
}
