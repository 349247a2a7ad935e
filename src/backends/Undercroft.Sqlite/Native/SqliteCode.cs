namespace Undercroft.Sqlite.Native;

/// <summary>The result codes, flags and levels of SQLite that this backend uses, by their names in sqlite3.h.</summary>
internal static class SqliteCode
{
    public const int Ok = 0;
    public const int Error = 1;
    public const int Permission = 3;
    public const int Busy = 5;
    public const int Locked = 6;
    public const int ReadOnly = 8;
    public const int Interrupt = 9;
    public const int IoError = 10;
    public const int Corrupt = 11;
    public const int NotFound = 12;
    public const int Full = 13;
    public const int CannotOpen = 14;
    public const int TooBig = 18;
    public const int NotADatabase = 26;
    public const int Row = 100;
    public const int Done = 101;

    public const int IoErrorShortRead = IoError | (2 << 8);
    public const int IoErrorSync = IoError | (4 << 8);
    public const int IoErrorDirectorySync = IoError | (5 << 8);

    public const int OpenReadOnly = 0x1;
    public const int OpenReadWrite = 0x2;
    public const int OpenCreate = 0x4;
    public const int OpenUri = 0x40;
    public const int OpenNoMutex = 0x8000;

    public const uint PreparePersistent = 1;

    public const int TypeNull = 5;

    public const int FileControlFilePointer = 7;
    public const int FileControlHasMoved = 20;

    public const int CheckpointPassive = 0;
    public const int CheckpointRestart = 2;
    public const int CheckpointTruncate = 3;

    /// <summary>The general code that an extended one belongs to.</summary>
    public static int Primary(int code) => code & 0xFF;
}
