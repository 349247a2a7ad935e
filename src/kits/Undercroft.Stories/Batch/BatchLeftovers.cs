namespace Undercroft.Stories;

/// <summary>What earlier conversions into a folder have left there and no source makes any more.</summary>
/// <param name="source">The folder of the sources.</param>
/// <param name="target">The folder of the results.</param>
/// <param name="names">What results are called now.</param>
internal sealed class BatchLeftovers(string source, string target, BatchNames names)
{
    /// <summary>What a source had made and does no longer, as it was made.</summary>
    /// <param name="target">The folder of the results.</param>
    /// <param name="earlier">The report of the conversion before; null where there was none.</param>
    /// <param name="outputs">What the source makes now.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async Task<IReadOnlyList<StoryBatchOutput>> OfAsync(
        string target,
        StoryBatchFile? earlier,
        IReadOnlyList<StoryBatchOutput> outputs,
        CancellationToken cancellationToken)
    {
        var left = new List<StoryBatchOutput>();
        foreach (var output in earlier is null ? [] : earlier.Outputs.Concat(earlier.Left))
        {
            if (outputs.All(made => made.File != output.File)
                && await IsAsMadeAsync(target, output, cancellationToken).ConfigureAwait(false))
            {
                left.Add(output);
            }
        }

        return left;
    }

    /// <summary>Lists what is left: paths within the target folder, in order.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(CancellationToken cancellationToken)
    {
        var reports = new List<(string File, StoryBatchFile Report)>();
        foreach (var path in Directory.Exists(target) ? BatchReport.Find(target).Where(BatchReport.Is) : [])
        {
            if (await BatchReport.ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } report)
            {
                reports.Add((Path.GetRelativePath(target, path).Replace('\\', '/'), report));
            }
        }

        // A source is called otherwise once another one that shared its name is gone, and a name may be another's by
        // now.
        var current = reports.Where(one => one.File == names.FindReportOf(one.Report.Source))
            .Select(static one => one.Report.Source)
            .ToHashSet(StringComparer.Ordinal);
        bool IsOver(string file, StoryBatchFile report) => IsGone(report)
            || (current.Contains(report.Source) && file != names.FindReportOf(report.Source));

        var made = reports.Where(one => !IsOver(one.File, one.Report))
            .SelectMany(static one => one.Report.Outputs)
            .Select(static output => output.File)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var left = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (file, report) in reports)
        {
            var isOver = IsOver(file, report);
            var isWhole = isOver;
            foreach (var output in isOver ? report.Outputs.Concat(report.Left) : report.Left)
            {
                if (!made.Contains(output.File)
                    && await IsAsMadeAsync(target, output, cancellationToken).ConfigureAwait(false))
                {
                    _ = left.Add(output.File);
                }
                else
                {
                    isWhole &= !File.Exists(Path.Combine(target, output.File));
                }
            }

            if (isWhole)
            {
                _ = left.Add(file);
            }
        }

        return [.. left];
    }

    private static async Task<bool> IsAsMadeAsync(
        string target, StoryBatchOutput output, CancellationToken cancellationToken) =>
        await BatchFiles.HashOfAsync(target, output.File, cancellationToken).ConfigureAwait(false) == output.Sha256;

    // A source that lies elsewhere was never this folder's.
    private bool IsGone(StoryBatchFile report)
    {
        var path = Path.GetFullPath(Path.Combine(source, report.Source));
        return BatchFiles.IsWithin(path, source) && !File.Exists(path);
    }
}
