using System.Globalization;
using System.Text.Json.Serialization;

namespace Undercroft.Archives;

/// <summary>The names and numbers of the form: see docs/internals/archive-format.md.</summary>
internal static class ArchiveForm
{
    public const string Format = "undercroft-archive";
    public const int Version = 1;

    public const string HeadName = "archive.json";
    public const string EndName = "end.json";
    public const string RecordsFolder = "records";
    public const string ChangesFolder = "changes";

    /// <summary>The most bytes of head and end.</summary>
    public const int NoteBytesMax = 64 * 1024;

    /// <summary>A part is closed when it has this many bytes.</summary>
    public const int PartBytes = 1024 * 1024;

    /// <summary>A part is closed when it has this many lines.</summary>
    public const int PartLines = 1000;

    /// <summary>The most bytes of a part: one record can be longer than a part is meant to be.</summary>
    public const int PartBytesMax = 64 * 1024 * 1024;

    /// <summary>The most changes: a reader keeps their keys in memory.</summary>
    public const int ChangesMax = 1_000_000;

    public static string PartName(bool isChange, int number) => string.Create(
        CultureInfo.InvariantCulture, $"{(isChange ? ChangesFolder : RecordsFolder)}/{number:D8}.jsonl");
}

/// <summary>The first entry, version 1.</summary>
internal sealed record ArchiveHeadV1(string Format, int Version, ArchiveOriginV1? Origin);

/// <summary>Where and when an archive was made.</summary>
internal sealed record ArchiveOriginV1(DateTimeOffset Created, string Backend, Guid Epoch);

/// <summary>The last line of a part.</summary>
internal sealed record ArchiveSealV1(int Lines, string Sha256);

/// <summary>The last entry.</summary>
internal sealed record ArchiveEndV1(long Records, long Changes, int Parts, long Bytes, string Sha256);

/// <summary>The first line beside a file that becomes an archive: of what it is one.</summary>
/// <param name="Backend">The store's backend.</param>
/// <param name="Epoch">The store's epoch.</param>
/// <param name="Options">What goes in.</param>
/// <param name="Created">When it was begun.</param>
/// <param name="Cursor">The place in the feed from which changes come behind the records.</param>
internal sealed record ArchiveBeginningV1(
    string Backend, Guid Epoch, ArchiveOptions Options, DateTimeOffset Created, string? Cursor);

/// <summary>Where a writer was between two parts.</summary>
/// <param name="Collection">The collection of the last record; null where there was none.</param>
/// <param name="Id">Its id.</param>
/// <param name="IsWalked">Whether all records are written, and only changes are missing.</param>
/// <param name="Parts">How many parts there are.</param>
/// <param name="Records">How many records there are.</param>
/// <param name="Bytes">How many bytes were written, uncompressed.</param>
/// <param name="Sha256">Their SHA-256.</param>
internal sealed record ArchivePlaceV1(
    string? Collection, string? Id, bool IsWalked, int Parts, long Records, long Bytes, string Sha256);

/// <summary>A further line beside a file that becomes an archive: how much of it is good.</summary>
/// <param name="Length">The file's length up to there.</param>
/// <param name="Place">Where its writer was.</param>
internal sealed record ArchiveMarkV1(long Length, ArchivePlaceV1 Place);

/// <summary>Where a restore is: the record it keeps in its target.</summary>
internal sealed record RestoreStateV1(string Digest, RestoreTarget Target, int Parts, long Written, long Kept);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ArchiveHeadV1))]
[JsonSerializable(typeof(ArchiveSealV1))]
[JsonSerializable(typeof(ArchiveEndV1))]
[JsonSerializable(typeof(ArchiveBeginningV1))]
[JsonSerializable(typeof(ArchiveMarkV1))]
[JsonSerializable(typeof(RestoreStateV1))]
internal sealed partial class ArchiveJson : JsonSerializerContext;
