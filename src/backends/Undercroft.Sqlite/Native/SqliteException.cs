using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Undercroft.Sqlite.Native;

/// <summary>What SQLite itself has said. It leaves this assembly only inside a <see cref="StoreException"/>.</summary>
[SuppressMessage("Design", "CA1064", Justification = "It is translated before anybody else sees it.")]
internal sealed class SqliteException(int code, string message)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"SQLite: {message} (code {code})"))
{
    /// <summary>The extended result code.</summary>
    public int Code { get; } = code;

    /// <summary>The general code.</summary>
    public int Primary => SqliteCode.Primary(Code);
}
