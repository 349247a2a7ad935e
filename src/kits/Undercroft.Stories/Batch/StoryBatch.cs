using System.Runtime.CompilerServices;

namespace Undercroft.Stories;

/// <summary>Converts a folder of stories in any formats into one format.</summary>
/// <remarks>
/// The names of the results depend on the names in the source folder only: <c>a/b.twee</c> becomes <c>a/b.json</c>;
/// where
/// two files would become one, each keeps its ending too, as in <c>b.twee.json</c>; several stories of one file are
/// numbered. Beside each result lies <c>NAME.report.json</c>, written last: a conversion that is started again passes
/// over what it finds done and unchanged. Each file is written whole or not at all.
/// </remarks>
public sealed class StoryBatch
{
    private readonly string source;
    private readonly string target;
    private readonly StoryBatchOptions options;
    private readonly BatchNames names;

    private StoryBatch(string source, string target, StoryBatchOptions options)
    {
        this.source = source;
        this.target = target;
        this.options = options;
        Files = BatchFiles.Find(source, target);
        names = new BatchNames(Files, options.Format);
    }

    /// <summary>The files that will be looked at, within the source folder, in order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Looks through the source folder with all below it; links are not followed, hidden files and the target
    /// folder are left out.</summary>
    /// <param name="source">The folder with the stories.</param>
    /// <param name="target">The folder for the results; it is made when there is something to write.</param>
    /// <param name="options">What to do.</param>
    /// <exception cref="ArgumentException">The format is not one that is written, both folders are one, or the
    /// target is a file.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no source folder.</exception>
    public static StoryBatch Plan(string source, string target, StoryBatchOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(target);
        ArgumentNullException.ThrowIfNull(options);
        if (!StoryFormats.Writable.Contains(options.Format))
        {
            throw new ArgumentException(
                $"Cannot convert to {Names.Show(options.Format)}: expected one of "
                + $"'{string.Join("', '", StoryFormats.Writable)}'.",
                nameof(options));
        }

        if (File.Exists(target))
        {
            throw new ArgumentException(
                $"Cannot write results into {Names.Show(target)}: it is a file. Name a folder.", nameof(target));
        }

        var (from, to) = (Path.GetFullPath(source), Path.GetFullPath(target));
        return Path.TrimEndingDirectorySeparator(from) == Path.TrimEndingDirectorySeparator(to)
            ? throw new ArgumentException(
                $"Cannot convert {Names.Show(source)} into itself: name another folder for the results.",
                nameof(target))
            : new StoryBatch(from, to, options);
    }

    /// <summary>Converts file after file. A file that cannot be converted is an outcome, and the next one follows.
    /// </summary>
    /// <param name="cancellationToken">Ends the work between two files; what is done stays, and is passed over the next
    /// time.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async IAsyncEnumerable<StoryBatchFile> RunAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var file in Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return await ConvertAsync(file, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Finds what earlier conversions into the target have left behind: results, and their reports, of sources
    /// that are not in the source folder any more, and results that a source makes no longer. What was changed since it
    /// was made is nobody's leftover. Ask when the conversion is over.</summary>
    /// <remarks>Where several folders are converted into one, the results of each look left behind to the others.
    /// </remarks>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>Paths within the target folder, in order.</returns>
    public Task<IReadOnlyList<string>> FindLeftAsync(CancellationToken cancellationToken = default) =>
        new BatchLeftovers(source, target, names).FindAsync(cancellationToken);

    /// <summary>Deletes what <see cref="FindLeftAsync"/> finds; in a dry run it is found only.</summary>
    /// <param name="cancellationToken">Ends the work; what is deleted stays so.</param>
    /// <returns>Paths within the target folder, in order.</returns>
    public async Task<IReadOnlyList<string>> PruneAsync(CancellationToken cancellationToken = default)
    {
        var left = await FindLeftAsync(cancellationToken).ConfigureAwait(false);
        foreach (var file in options.DryRun ? [] : left)
        {
            File.Delete(Path.Combine(target, file));
        }

        return left;
    }

    private async Task<StoryBatchFile> ConvertAsync(string file, CancellationToken cancellationToken)
    {
        var result = new StoryBatchFile { Source = file, To = options.Format, Dialect = options.Dialect };
        try
        {
            var bytes = await BatchFiles.ReadAsync(Path.Combine(source, file), cancellationToken).ConfigureAwait(false);
            result = result with { Sha256 = BatchFiles.Hash(bytes) };
            var report = Path.Combine(target, names.ReportOf(file));
            var earlier = await BatchReport.ReadAsync(report, cancellationToken).ConfigureAwait(false);
            if (earlier is not null && await IsDoneAsync(earlier, result, cancellationToken).ConfigureAwait(false))
            {
                return earlier with { Outcome = StoryBatchOutcome.Unchanged };
            }

            var detection = StoryFormats.Examine(bytes);
            if (detection.Format is null && !BatchFiles.PromisesStory(file))
            {
                return result with { Outcome = StoryBatchOutcome.PassedOver, Error = detection.Sentence };
            }

            var read = StoryFormats.Read(bytes, file);
            result = result with { From = read.Report.From, Read = read.Report };
            return await WriteAsync(result, read.Stories, earlier, report, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is StoryFormatException or IOException or UnauthorizedAccessException)
        {
            return result with { Outcome = StoryBatchOutcome.Failed, Error = error.Message };
        }
    }

    private async Task<StoryBatchFile> WriteAsync(
        StoryBatchFile result,
        IReadOnlyList<Story> stories,
        StoryBatchFile? earlier,
        string report,
        CancellationToken cancellationToken)
    {
        var isOne = StoryFormats.HoldsMany(options.Format) || stories.Count == 1;
        var outputs = new List<StoryBatchOutput>();
        var contents = new List<ReadOnlyMemory<byte>>();
        foreach (var group in isOne ? [stories] : stories.Select(story => (IReadOnlyList<Story>)[story]))
        {
            var written = StoryFormats.Write(group, options.Format, options.Dialect);
            var name = isOne ? names.Of(result.Source) : names.Of(result.Source, outputs.Count + 1);
            outputs.Add(new StoryBatchOutput(name, BatchFiles.Hash(written.Bytes.Span), written.Report));
            contents.Add(written.Bytes);
        }

        var left = await BatchLeftovers.OfAsync(target, earlier, outputs, cancellationToken).ConfigureAwait(false);
        result = result with { Outputs = outputs, Left = left };
        if (options.Strict && result.Losses > 0)
        {
            return result with
            {
                Outcome = StoryBatchOutcome.Failed, Outputs = [], Error = $"Something would be lost: {Lost(result)}",
            };
        }

        if (await FindTakenAsync(outputs, earlier, cancellationToken).ConfigureAwait(false) is { } taken)
        {
            return result with
            {
                Outcome = StoryBatchOutcome.Failed,
                Outputs = [],
                Error = $"There is something at {Names.Show(taken)} already that no conversion of this file made; "
                    + "it was left as it is.",
            };
        }

        for (var i = 0; i < outputs.Count && !options.DryRun; i++)
        {
            await WholeFile.WriteAsync(Path.Combine(target, outputs[i].File), contents[i], cancellationToken)
                .ConfigureAwait(false);
        }

        if (!options.DryRun)
        {
            await BatchReport.WriteAsync(report, result, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    private static string Lost(StoryBatchFile result) => result.Outputs.Select(output => output.Report)
        .Prepend(result.Read!)
        .SelectMany(report => report.Entries)
        .First(entry => entry.Outcome is ConversionOutcome.Dropped or ConversionOutcome.Approximated)
        .Reason;

    private async Task<bool> IsDoneAsync(
        StoryBatchFile earlier, StoryBatchFile wanted, CancellationToken cancellationToken)
    {
        if (earlier.Source != wanted.Source || earlier.Sha256 != wanted.Sha256 || earlier.To != wanted.To
            || earlier.Dialect != wanted.Dialect || earlier.Outputs.Count == 0
            || (options.Strict && earlier.Losses > 0))
        {
            return false;
        }

        foreach (var output in earlier.Outputs)
        {
            var there = await BatchFiles.HashOfAsync(target, output.File, cancellationToken).ConfigureAwait(false);
            if (there != output.Sha256)
            {
                return false;
            }
        }

        return true;
    }

    // A result may be replaced where the same source made it and nobody changed it since.
    private async Task<string?> FindTakenAsync(
        List<StoryBatchOutput> outputs, StoryBatchFile? earlier, CancellationToken cancellationToken)
    {
        foreach (var output in options.Overwrite ? [] : outputs)
        {
            var there = await BatchFiles.HashOfAsync(target, output.File, cancellationToken).ConfigureAwait(false);
            var made = earlier?.Outputs.FirstOrDefault(other => other.File == output.File)?.Sha256;
            if (there is not null && there != output.Sha256 && there != made)
            {
                return output.File;
            }
        }

        return null;
    }
}
