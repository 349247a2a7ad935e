using System.Runtime.InteropServices;
using System.Text;

namespace Undercroft.Bench.Floors;

/// <summary>The calls of SQLite itself that the floors are made of.</summary>
internal static unsafe partial class RawSqlite
{
    public const int Row = 100;
    public const int Done = 101;

    private const string Library = "libsqlite3.so.0";

    public static nint OpenFile(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            Check(Open(name, out var handle, 0x2 | 0x4 | 0x8000, null));
            return handle;
        }
    }

    public static nint PrepareText(nint handle, string sql)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(sql + '\0'))
        {
            Check(Prepare(handle, text, -1, 1, out var statement, null));
            return statement;
        }
    }

    public static void Run(nint statement)
    {
        var code = Step(statement);
        _ = Reset(statement);
        if (code != Done)
        {
            throw new InvalidOperationException($"SQLite has failed with code {code}.");
        }
    }

    public static void Execute(nint handle, string sql)
    {
        var statement = PrepareText(handle, sql);
        while (Step(statement) == Row)
        {
        }

        Check(Finish(statement));
    }

    public static void BindString(nint statement, int position, string text)
    {
        var bytes = stackalloc byte[256];
        var length = Encoding.UTF8.GetBytes(text, new Span<byte>(bytes, 256));

        // -1 lets SQLite copy the bytes.
        _ = BindText(statement, position, bytes, length, -1);
    }

    public static void Check(int code)
    {
        if (code != 0)
        {
            throw new InvalidOperationException($"SQLite has failed with code {code}.");
        }
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2")]
    public static partial int Open(byte* path, out nint handle, int flags, byte* vfs);

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    public static partial int Close(nint handle);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v3")]
    public static partial int Prepare(
        nint handle, byte* sql, int length, uint flags, out nint statement, byte** tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    public static partial int Finish(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    public static partial int BindNumber(nint statement, int position, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    public static partial int BindNull(nint statement, int position);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    public static partial int BindText(nint statement, int position, byte* text, int length, nint lifetime);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    public static partial int BindBlob(nint statement, int position, byte* bytes, int length, nint lifetime);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    public static partial long ColumnNumber(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    public static partial byte* ColumnBlob(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    public static partial int ColumnBytes(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_last_insert_rowid")]
    public static partial long LastInsertRow(nint handle);
}
