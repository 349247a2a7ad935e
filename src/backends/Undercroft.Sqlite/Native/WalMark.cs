namespace Undercroft.Sqlite.Native;

/// <summary>Remembers where the write-ahead log stood, and tells in a few nanoseconds whether it stands there still.
/// </summary>
/// <remarks>
/// <para>An open read transaction sees what was committed before it began. Whether anybody, in any process, has
/// committed since could be asked with <c>PRAGMA data_version</c> on a second connection (a third of a read), or
/// avoided by a new transaction for each read (as much as a read). Every commit, though, writes a new header into the
/// shared wal-index before it returns (sqlite.org/walformat.html), and SQLite hands out its own mapping of it through
/// <c>xShmMap</c>: comparing those 48 bytes is enough. They are compared, never understood.</para>
/// <para>The count of pages moved by checkpoints (nBackfill, at 96) is compared too: a reader that begins again after a
/// checkpoint no longer needs the log, so that the log can start from its beginning.</para>
/// </remarks>
internal sealed unsafe class WalMark
{
    private const int HeaderWords = 6;
    private const int BackfillAt = 96;
    private const int FramesAt = 16;
    private const int RegionSize = 32 * 1024;
    private const int FormatVersion = 3_007_000;

    private readonly byte* index;
    private readonly long[] header = new long[HeaderWords];
    private int backfill;

    private WalMark(byte* index) => this.index = index;

    /// <summary>The pages in the log.</summary>
    public int Frames => Volatile.Read(ref *(int*)(index + FramesAt));

    /// <summary>The pages of the log that are not in the database yet.</summary>
    public int Pending => Math.Max(0, Frames - Volatile.Read(ref *(int*)(index + BackfillAt)));

    /// <summary>Finds the wal-index of a connection that has read once.</summary>
    /// <returns>The mark, or null where there is no shared wal-index of a known form: then nothing can be told.
    /// </returns>
    public static WalMark? Find(SqliteConnection connection)
    {
        nint* file;
        if (connection.Library.FileControl(
                connection.Handle, null, SqliteCode.FileControlFilePointer, &file) != SqliteCode.Ok || file is null)
        {
            return null;
        }

        // sqlite3_file begins with its methods; xShmMap is the 13th, there from version 2 on.
        var methods = (nint*)*file;
        if (methods is null || *(int*)methods < 2 || methods[13] == 0)
        {
            return null;
        }

        byte* region;
        var map = (delegate* unmanaged[Cdecl]<void*, int, int, int, byte**, int>)methods[13];
        return map(file, 0, RegionSize, 0, &region) == SqliteCode.Ok && region is not null &&
            *(int*)region == FormatVersion
            ? new WalMark(region)
            : null;
    }

    /// <summary>Remembers where the log stands.</summary>
    public void Take()
    {
        backfill = Volatile.Read(ref *(int*)(index + BackfillAt));
        for (var i = 0; i < HeaderWords; i++)
        {
            header[i] = Volatile.Read(ref ((long*)index)[i]);
        }
    }

    /// <summary>Whether nobody has committed or moved pages since <see cref="Take"/>.</summary>
    public bool Holds()
    {
        // The place of the log's end is in the third word: it is what changes.
        for (var i = HeaderWords - 1; i >= 0; i--)
        {
            if (header[i] != Volatile.Read(ref ((long*)index)[i]))
            {
                return false;
            }
        }

        return backfill == Volatile.Read(ref *(int*)(index + BackfillAt));
    }
}
