namespace Undercroft.Stories;

/// <summary>What became of one file of a <see cref="StoryBatch"/>. It is also what is written beside the results, as
/// <c>NAME.report.json</c>.</summary>
public sealed record StoryBatchFile
{
    /// <summary>The file's path within the source folder, with <c>/</c> between the names.</summary>
    public required string Source { get; init; }

    /// <summary>What became of it.</summary>
    public StoryBatchOutcome Outcome { get; init; }

    /// <summary>Why it failed or was passed over, in one sentence; null where it was not.</summary>
    public string? Error { get; init; }

    /// <summary>The SHA-256 of the source, in lower-case hexadecimal; null where it could not be read.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The format it was in; null where that could not be told.</summary>
    public string? From { get; init; }

    /// <summary>The format it was converted to.</summary>
    public required string To { get; init; }

    /// <summary>The dialect of whisker it was converted to.</summary>
    public WhiskerDialect Dialect { get; init; }

    /// <summary>What the reader noticed; null where it could not read the file.</summary>
    public ConversionReport? Read { get; init; }

    /// <summary>The files that were made, in the order of the stories.</summary>
    public IReadOnlyList<StoryBatchOutput> Outputs { get; init; } = [];

    /// <summary>What earlier conversions of the file had made and this one has not, and nobody has changed since: files
    /// of another format, or of stories that are not in it any more.</summary>
    public IReadOnlyList<StoryBatchOutput> Left { get; init; } = [];

    /// <summary>How many things were lost or replaced by something close, in reading and in writing.</summary>
    public int Losses => Lost(Read) + Outputs.Sum(output => Lost(output.Report));

    private static int Lost(ConversionReport? report) =>
        report is null ? 0 : report.Counts.Dropped + report.Counts.Approximated;
}
