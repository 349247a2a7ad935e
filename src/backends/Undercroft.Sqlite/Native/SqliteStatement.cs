using System.Text;

namespace Undercroft.Sqlite.Native;

/// <summary>A prepared statement, kept and used again. Not safe for threads, as its connection.</summary>
internal sealed unsafe class SqliteStatement : IDisposable
{
    // SQLite copies what is bound before the call returns.
    private const nint Copied = -1;

    // What is bound stays where it is until the statement has run.
    private const nint Borrowed = 0;

    private readonly SqliteConnection connection;
    private readonly SqliteLibrary library;
    private nint handle;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        this.connection = connection;
        library = connection.Library;
        Text = sql;
        handle = connection.Prepare(sql);
    }

    public string Text { get; }

    public void Bind(int position, long value) => Check(library.BindNumber(handle, position, value));

    public void Bind(int position, long? value)
    {
        if (value is { } number)
        {
            Bind(position, number);
        }
        else
        {
            BindNull(position);
        }
    }

    public void BindNull(int position) => Check(library.BindNull(handle, position));

    /// <summary>Binds text; null binds NULL.</summary>
    public void Bind(int position, string? text)
    {
        if (text is null)
        {
            BindNull(position);
            return;
        }

        const int StackMax = 1024;
        var room = text.Length * 3;
        var buffer = room <= StackMax ? stackalloc byte[StackMax] : new byte[room];
        var length = Encoding.UTF8.GetBytes(text, buffer);
        fixed (byte* start = buffer)
        {
            Check(library.BindText(handle, position, start, length, Copied));
        }
    }

    /// <summary>Binds text that the caller keeps in place until the statement was reset.</summary>
    public void BindBorrowedText(int position, byte* text, int length) =>
        Check(library.BindText(handle, position, text, length, Borrowed));

    /// <summary>Binds bytes; none bind an empty blob.</summary>
    public void Bind(int position, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            BindBytes(position, start, bytes.Length, Copied);
        }
    }

    /// <summary>Binds bytes that the caller keeps in place until the statement was reset; none bind NULL.</summary>
    public void BindBorrowed(int position, byte* bytes, int length)
    {
        if (length == 0)
        {
            BindNull(position);
        }
        else
        {
            BindBytes(position, bytes, length, Borrowed);
        }
    }

    /// <summary>Goes on to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Step()
    {
        var code = library.Step(handle);
        return code == SqliteCode.Row || (code == SqliteCode.Done ? false : throw connection.Error(code));
    }

    /// <summary>Ends the run, so that the statement can be bound and run again.</summary>
    public void Reset() => _ = library.Reset(handle);

    /// <summary>Runs the statement for what it does.</summary>
    public void Run()
    {
        try
        {
            while (Step())
            {
            }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs the statement for the number in its first row.</summary>
    /// <returns>The number, or null where there is no row or no number.</returns>
    public long? RunForNumber()
    {
        try
        {
            return Step() && !IsNull(0) ? Number(0) : null;
        }
        finally
        {
            Reset();
        }
    }

    public bool IsNull(int column) => library.ColumnType(handle, column) == SqliteCode.TypeNull;

    public long Number(int column) => library.ColumnNumber(handle, column);

    public long? NumberOrNull(int column) => IsNull(column) ? null : Number(column);

    /// <summary>The bytes of a blob or a text, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column)
    {
        // The pointer first: asked for the length, SQLite would settle a blob of zeros only then.
        var start = library.ColumnBlob(handle, column);
        return start is null ? default : new ReadOnlySpan<byte>(start, library.ColumnBytes(handle, column));
    }

    public string String(int column) => Encoding.UTF8.GetString(Bytes(column));

    public string? StringOrNull(int column) => IsNull(column) ? null : String(column);

    public void Dispose()
    {
        if (handle != 0)
        {
            _ = library.Finish(handle);
            handle = 0;
        }
    }

    private void BindBytes(int position, byte* start, int length, nint lifetime)
    {
        // A null pointer would bind NULL, whatever the length.
        byte none;
        Check(library.BindBlob(
            handle, position, start is null ? &none : start, length, start is null ? Copied : lifetime));
    }

    private void Check(int code)
    {
        if (code != SqliteCode.Ok)
        {
            throw connection.Error(code);
        }
    }
}
