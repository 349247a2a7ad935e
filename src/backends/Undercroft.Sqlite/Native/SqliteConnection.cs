using System.Runtime.InteropServices;
using System.Text;

namespace Undercroft.Sqlite.Native;

/// <summary>One connection to a database file. Used by one thread at a time.</summary>
internal sealed unsafe class SqliteConnection : IDisposable
{
    private readonly List<SqliteStatement> statements = [];
    private nint handle;

    private SqliteConnection(SqliteLibrary library) => Library = library;

    public SqliteLibrary Library { get; }

    public nint Handle => handle;

    /// <summary>Whether a transaction is open.</summary>
    public bool IsInTransaction => Library.IsAutocommit(handle) == 0;

    /// <summary>Whether the file was moved, deleted or replaced since it was opened; false where that cannot be told.
    /// </summary>
    public bool HasMoved
    {
        get
        {
            int hasMoved;
            return Library.FileControl(handle, null, SqliteCode.FileControlHasMoved, &hasMoved) == SqliteCode.Ok &&
                hasMoved != 0;
        }
    }

    public long LastInsertRow => Library.LastInsertRow(handle);

    /// <summary>How many rows the last statement wrote.</summary>
    public int Changes => Library.Changes(handle);

    /// <summary>Opens a connection.</summary>
    /// <param name="library">The library to use.</param>
    /// <param name="path">The file, or a URI where the flags say so.</param>
    /// <param name="flags">How to open it.</param>
    /// <param name="vfs">The file layer; null means the default one.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static SqliteConnection Open(SqliteLibrary library, string path, int flags, string? vfs)
    {
        var connection = new SqliteConnection(library);
        try
        {
            fixed (byte* name = Terminated(path))
            fixed (byte* layer = vfs is null ? null : Terminated(vfs))
            fixed (nint* handle = &connection.handle)
            {
                connection.Check(library.Open(name, handle, flags | SqliteCode.OpenNoMutex, layer));
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public SqliteStatement Statement(string sql)
    {
        var statement = new SqliteStatement(this, sql);
        statements.Add(statement);
        return statement;
    }

    /// <summary>Runs one statement, once.</summary>
    public void Execute(string sql)
    {
        using var statement = new SqliteStatement(this, sql);
        statement.Run();
    }

    /// <summary>Runs one statement, once, for the number in its first row.</summary>
    public long? Query(string sql)
    {
        using var statement = new SqliteStatement(this, sql);
        return statement.RunForNumber();
    }

    /// <summary>Runs one statement, once, for the text in its first row.</summary>
    public string? QueryText(string sql)
    {
        using var statement = new SqliteStatement(this, sql);
        return statement.Step() ? statement.StringOrNull(0) : null;
    }

    public void SetBusyTimeout(TimeSpan timeout) =>
        Check(Library.BusyTimeout(handle, (int)Math.Min(timeout.TotalMilliseconds, int.MaxValue)));

    /// <summary>Ends a transaction without a trace; nothing where none is open.</summary>
    public void Rollback()
    {
        if (IsInTransaction)
        {
            Execute("ROLLBACK");
        }
    }

    /// <summary>Moves pages from the write-ahead log into the database.</summary>
    /// <returns>Whether nobody was in the way.</returns>
    public bool Checkpoint(int mode)
    {
        var code = Library.Checkpoint(handle, null, mode, null, null);
        if (SqliteCode.Primary(code) is SqliteCode.Busy or SqliteCode.Locked)
        {
            return false;
        }

        Check(code);
        return true;
    }

    /// <summary>Reads the first bytes of the main file as they are, past the cache, the locks and the log.</summary>
    /// <param name="bytes">Where they go; zeros behind the end of a shorter file.</param>
    /// <returns>Whether the file has any.</returns>
    public bool ReadFileStart(Span<byte> bytes)
    {
        nint* file;
        Check(Library.FileControl(handle, null, SqliteCode.FileControlFilePointer, &file));

        // sqlite3_file begins with its methods; xRead is the second of them, xFileSize the sixth.
        var methods = (nint*)*file;
        var read = (delegate* unmanaged[Cdecl]<void*, void*, int, long, int>)methods[2];
        var sizeOf = (delegate* unmanaged[Cdecl]<void*, long*, int>)methods[6];
        long size;
        Check(sizeOf(file, &size));
        fixed (byte* start = bytes)
        {
            var code = read(file, start, bytes.Length, 0);
            Check(code == SqliteCode.IoErrorShortRead ? SqliteCode.Ok : code);
        }

        return size > 0;
    }

    /// <summary>Ends what the connection is running; from any thread.</summary>
    public void Interrupt() => Library.Interrupt(handle);

    public void Check(int code)
    {
        if (code != SqliteCode.Ok)
        {
            throw Error(code);
        }
    }

    /// <summary>Makes the exception of a failed call.</summary>
    public SqliteException Error(int code)
    {
        if (handle == 0)
        {
            return new SqliteException(code, Marshal.PtrToStringUTF8((nint)Library.ErrorText(code)) ?? "unknown error");
        }

        var extended = Library.ExtendedCode(handle);
        return new SqliteException(
            SqliteCode.Primary(extended) == SqliteCode.Primary(code) ? extended : code,
            Marshal.PtrToStringUTF8((nint)Library.ErrorMessage(handle)) ?? "unknown error");
    }

    public nint Prepare(string sql)
    {
        nint statement;
        fixed (byte* text = Terminated(sql))
        {
            Check(Library.Prepare(handle, text, -1, SqliteCode.PreparePersistent, &statement, null));
        }

        return statement;
    }

    public void Dispose()
    {
        foreach (var statement in statements)
        {
            statement.Dispose();
        }

        if (handle != 0)
        {
            _ = Library.Close(handle);
            handle = 0;
        }
    }

    private static byte[] Terminated(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
