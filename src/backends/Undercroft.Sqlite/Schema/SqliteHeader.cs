using System.Buffers.Binary;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Schema;

/// <summary>The first bytes of a database file (sqlite.org/fileformat2.html, 1.3), as they are on the disk.</summary>
/// <param name="IsEmpty">Whether the file has no byte.</param>
/// <param name="IsDatabase">Whether it begins as every SQLite database does.</param>
/// <param name="HasTables">Whether the schema's first page names anything.</param>
/// <param name="UserVersion">PRAGMA user_version.</param>
/// <param name="ApplicationId">PRAGMA application_id.</param>
internal readonly record struct SqliteHeader(
    bool IsEmpty, bool IsDatabase, bool HasTables, int UserVersion, int ApplicationId)
{
    private const int Size = 100;
    private const int UserVersionAt = 60;
    private const int ApplicationIdAt = 68;
    private const int CellCountAt = Size + 3;
    private const int TableLeaf = 0x0D;

    /// <summary>Whether it is a database with nothing in it and nobody's mark: the making of a store may end there when
    /// the process does.</summary>
    public bool IsBlank => IsDatabase && !HasTables && UserVersion == 0 && ApplicationId == 0;

    /// <summary>Reads the header of a connection's file.</summary>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public static SqliteHeader Read(SqliteConnection connection)
    {
        Span<byte> bytes = stackalloc byte[CellCountAt + sizeof(short)];
        return connection.ReadFileStart(bytes)
            ? new SqliteHeader(
                IsEmpty: false,
                bytes.StartsWith("SQLite format 3\0"u8),
                bytes[Size] != TableLeaf || BinaryPrimitives.ReadInt16BigEndian(bytes[CellCountAt..]) != 0,
                BinaryPrimitives.ReadInt32BigEndian(bytes[UserVersionAt..]),
                BinaryPrimitives.ReadInt32BigEndian(bytes[ApplicationIdAt..]))
            : new SqliteHeader(IsEmpty: true, false, false, 0, 0);
    }
}
