using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Reading;

namespace Undercroft.Sqlite.Writing;

/// <summary>Moves the write-ahead log into the database, once it is long enough.</summary>
/// <remarks>The log begins anew with the first commit after all of it was moved, where no reader needs it then. Readers
/// that never rest may need it each time, one or another of them: once the log is twice as long as it should be, they
/// are paused for a moment.</remarks>
/// <param name="usualPagesMax">How long the log may grow, in pages of the usual size.</param>
/// <param name="busyTimeout">How long the writer's connection waits for others otherwise.</param>
/// <param name="readers">The readers of this process.</param>
internal sealed class LogKeeper(int usualPagesMax, TimeSpan busyTimeout, ReaderPool readers)
{
    private const int PagesMin = 16;
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(50);

    private WalMark? mark;
    private int pagesMax = usualPagesMax;
    private int pauseAt;

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

    /// <summary>Whether the log has grown so long that it is time to move it.</summary>
    public bool IsDue => mark is not null && mark.Pending >= pagesMax;

    /// <summary>Moves the log after a transaction.</summary>
    public void Move(SqliteConnection writer)
    {
        if (mark is null)
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
