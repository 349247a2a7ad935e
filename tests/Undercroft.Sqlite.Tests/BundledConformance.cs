namespace Undercroft.Sqlite.Tests;

/// <summary>The laws, on the older SQLite library that comes with the package.</summary>
public sealed class BundledConformance : SqliteConformance
{
    protected override string? LibraryPath => "e_sqlite3";
}
