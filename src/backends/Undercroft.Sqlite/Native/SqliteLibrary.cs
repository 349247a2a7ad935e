using System.Runtime.InteropServices;

namespace Undercroft.Sqlite.Native;

/// <summary>The functions of one SQLite library, found by name when it is loaded.</summary>
/// <remarks>
/// Function pointers instead of <c>LibraryImport</c>: a process can then hold two libraries at once, nothing is static,
/// and the calls cost the same. Functions that neither block nor call back skip the switch of the garbage collector's
/// mode.
/// </remarks>
internal sealed unsafe class SqliteLibrary
{
    /// <summary>The least version: 3.35.0.</summary>
    public const int VersionMin = 3_035_000;

    public SqliteLibrary(nint handle, string name)
    {
        Handle = handle;
        Name = name;
        var version = (delegate* unmanaged[Cdecl]<int>)Find("sqlite3_libversion_number");
        var threads = (delegate* unmanaged[Cdecl]<int>)Find("sqlite3_threadsafe");
        Version = version();
        IsThreadSafe = threads() != 0;

        Open = (delegate* unmanaged[Cdecl]<byte*, nint*, int, byte*, int>)Find("sqlite3_open_v2");
        Close = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_close_v2");
        ErrorMessage = (delegate* unmanaged[Cdecl]<nint, byte*>)Find("sqlite3_errmsg");
        ErrorText = (delegate* unmanaged[Cdecl]<int, byte*>)Find("sqlite3_errstr");
        ExtendedCode = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_extended_errcode");
        BusyTimeout = (delegate* unmanaged[Cdecl]<nint, int, int>)Find("sqlite3_busy_timeout");
        IsAutocommit = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_get_autocommit");
        Interrupt = (delegate* unmanaged[Cdecl]<nint, void>)Find("sqlite3_interrupt");
        LastInsertRow = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, long>)Find("sqlite3_last_insert_rowid");
        Changes = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int>)Find("sqlite3_changes");
        FileControl = (delegate* unmanaged[Cdecl]<nint, byte*, int, void*, int>)Find("sqlite3_file_control");
        Checkpoint = (delegate* unmanaged[Cdecl]<nint, byte*, int, int*, int*, int>)Find("sqlite3_wal_checkpoint_v2");

        Prepare = (delegate* unmanaged[Cdecl]<nint, byte*, int, uint, nint*, byte**, int>)Find("sqlite3_prepare_v3");
        Step = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_step");
        Reset = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_reset");
        Finish = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_finalize");
        BindNumber = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, long, int>)Find("sqlite3_bind_int64");
        BindNull = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, int>)Find("sqlite3_bind_null");
        BindText = (delegate* unmanaged[Cdecl]<nint, int, byte*, int, nint, int>)Find("sqlite3_bind_text");
        BindBlob = (delegate* unmanaged[Cdecl]<nint, int, byte*, int, nint, int>)Find("sqlite3_bind_blob");
        ColumnType = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, int>)Find("sqlite3_column_type");
        ColumnNumber = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, long>)Find("sqlite3_column_int64");
        ColumnBlob = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, byte*>)Find("sqlite3_column_blob");
        ColumnBytes = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, int>)Find("sqlite3_column_bytes");

        BackupStart = (delegate* unmanaged[Cdecl]<nint, byte*, nint, byte*, nint>)Find("sqlite3_backup_init");
        BackupStep = (delegate* unmanaged[Cdecl]<nint, int, int>)Find("sqlite3_backup_step");
        BackupFinish = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_backup_finish");
        BackupLeft = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_backup_remaining");
        BackupPages = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_backup_pagecount");
    }

    public nint Handle { get; }

    public string Name { get; }

    public int Version { get; }

    public bool IsThreadSafe { get; }

    public delegate* unmanaged[Cdecl]<byte*, nint*, int, byte*, int> Open { get; }

    public delegate* unmanaged[Cdecl]<nint, int> Close { get; }

    public delegate* unmanaged[Cdecl]<nint, byte*> ErrorMessage { get; }

    public delegate* unmanaged[Cdecl]<int, byte*> ErrorText { get; }

    public delegate* unmanaged[Cdecl]<nint, int> ExtendedCode { get; }

    public delegate* unmanaged[Cdecl]<nint, int, int> BusyTimeout { get; }

    public delegate* unmanaged[Cdecl]<nint, int> IsAutocommit { get; }

    public delegate* unmanaged[Cdecl]<nint, void> Interrupt { get; }

    public delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, long> LastInsertRow { get; }

    public delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int> Changes { get; }

    public delegate* unmanaged[Cdecl]<nint, byte*, int, void*, int> FileControl { get; }

    public delegate* unmanaged[Cdecl]<nint, byte*, int, int*, int*, int> Checkpoint { get; }

    public delegate* unmanaged[Cdecl]<nint, byte*, int, uint, nint*, byte**, int> Prepare { get; }

    public delegate* unmanaged[Cdecl]<nint, int> Step { get; }

    public delegate* unmanaged[Cdecl]<nint, int> Reset { get; }

    public delegate* unmanaged[Cdecl]<nint, int> Finish { get; }

    public delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, long, int> BindNumber { get; }

    public delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, int> BindNull { get; }

    public delegate* unmanaged[Cdecl]<nint, int, byte*, int, nint, int> BindText { get; }

    public delegate* unmanaged[Cdecl]<nint, int, byte*, int, nint, int> BindBlob { get; }

    public delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, int> ColumnType { get; }

    public delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, long> ColumnNumber { get; }

    public delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, byte*> ColumnBlob { get; }

    public delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, int> ColumnBytes { get; }

    public delegate* unmanaged[Cdecl]<nint, byte*, nint, byte*, nint> BackupStart { get; }

    public delegate* unmanaged[Cdecl]<nint, int, int> BackupStep { get; }

    public delegate* unmanaged[Cdecl]<nint, int> BackupFinish { get; }

    public delegate* unmanaged[Cdecl]<nint, int> BackupLeft { get; }

    public delegate* unmanaged[Cdecl]<nint, int> BackupPages { get; }

    /// <summary>The version as people write it.</summary>
    public string VersionText => FormattableString.Invariant(
        $"{Version / 1_000_000}.{Version / 1_000 % 1_000}.{Version % 1_000}");

    private void* Find(string function) => NativeLibrary.TryGetExport(Handle, function, out var address)
        ? (void*)address
        : throw new EntryPointNotFoundException(function);
}
