using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>What a reader or writer kept, changed and lost. Nothing is lost without an entry here.</summary>
public sealed record ConversionReport
{
    /// <summary>At most this many entries are listed; the counts go on, and <c>REPORT-FULL</c> says so.</summary>
    public const int EntriesMax = 10_000;

    /// <summary>What was read: a format's name, or <c>model</c>.</summary>
    public required string From { get; init; }

    /// <summary>What was written: a format's name, or <c>model</c>.</summary>
    public required string To { get; init; }

    /// <summary>The file's name; null where none was given.</summary>
    public string? File { get; init; }

    /// <summary>How many things had which outcome.</summary>
    public ConversionCounts Counts { get; init; } = new();

    /// <summary>The findings, in the order of the story.</summary>
    public IReadOnlyList<ConversionEntry> Entries { get; init; } = [];

    /// <summary>What re-reading the output found; null for a reader, and where the caller asked for no check.</summary>
    public ConversionVerification? Verified { get; init; }

    /// <summary>Whether nothing was lost or replaced by something else.</summary>
    [JsonIgnore]
    public bool Lossless => Counts is { Dropped: 0, Approximated: 0 };

    /// <summary>Whether the model comes back equal: proven by re-reading for a writer, by the entries for a
    /// reader.</summary>
    [JsonIgnore]
    public bool Reversible => Verified is { } check ? check is { Differences: 0, Unreported: 0 } : Lossless;
}
