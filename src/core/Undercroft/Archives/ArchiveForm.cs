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
[JsonSerializable(typeof(RestoreStateV1))]
internal sealed partial class ArchiveJson : JsonSerializerContext;
