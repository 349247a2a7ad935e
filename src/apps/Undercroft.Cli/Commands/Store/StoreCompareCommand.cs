using System.CommandLine;
using Undercroft.Archives;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Copies;

namespace Undercroft.Cli.Commands;

/// <summary><c>store compare</c>: says whether two stores or archives hold the same.</summary>
internal sealed class StoreCompareCommand : CliCommand
{
    private readonly Argument<string> left = new("left")
    {
        Description = "A store, as a URI, or an archive, as a path.",
    };

    private readonly Argument<string> right = new("right") { Description = "Another." };

    public StoreCompareCommand(CliContext context)
        : base(context, "compare", "Say whether two stores or archives hold the same documents, and name what differs.")
    {
        Add(left);
        Add(right);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var first = await Side.OpenAsync(run, run.Require(left), cancellationToken).ConfigureAwait(false);
        await using var ownedFirst = first.ConfigureAwait(false);
        var second = await Side.OpenAsync(run, run.Require(right), cancellationToken).ConfigureAwait(false);
        await using var ownedSecond = second.ConfigureAwait(false);
        var comparison = await run.Output
            .ProgressAsync("Comparing", progress => CompareAsync(run, first, second, progress, cancellationToken))
            .ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(
                new CompareView(
                    comparison.AreEqual,
                    comparison.Compared,
                    comparison.Different,
                    [.. comparison.Differences.Select(static difference =>
                        new DifferenceView(difference.Key.Collection, difference.Key.Id, difference.What))]),
                CliJson.Default.CompareView);
        }
        else
        {
            foreach (var difference in comparison.Differences)
            {
                run.Output.Line($"{difference.Key}: {difference.What}");
            }

            run.Output.Line(comparison.AreEqual
                ? $"Equal: {Amounts.Of(comparison.Compared, "record", "records")} compared."
                : $"{Amounts.Count(comparison.Different)} of "
                    + $"{Amounts.Of(comparison.Compared, "record", "records")} differ.");
        }

        return comparison.AreEqual ? ExitCode.Ok : ExitCode.Failure;
    }

    private static Task<StoreComparison> CompareAsync(
        CliRun run,
        Side first,
        Side second,
        IProgress<(long Done, long Total)> progress,
        CancellationToken cancellationToken)
    {
        var relay = new Relay<long>(done => progress.Report((done, 0)));
        var clock = run.Host.Clock;
        return (first, second) switch
        {
            ({ Archive: { } a }, { Archive: { } b }) =>
                StoreArchive.CompareAsync(a, b, null, relay, cancellationToken),
            ({ Archive: { } a }, { Storage: { } b }) =>
                StoreArchive.CompareAsync(a, b.Store, null, clock, relay, cancellationToken),
            ({ Storage: { } a }, { Storage: { } b }) =>
                StoreComparison.CompareAsync(a.Store, b.Store, clock, relay, cancellationToken),
            _ => throw new CliException(ExitCode.Usage, "Name the archive first, and the store behind it."),
        };
    }

    /// <summary>A store or an archive.</summary>
    private sealed record Side(Storage? Storage, FileStream? Archive) : IAsyncDisposable
    {
        public static async ValueTask<Side> OpenAsync(CliRun run, string name, CancellationToken cancellationToken) =>
            ArchiveFile.IsOne(name)
                ? new Side(null, ArchiveFile.Open(name))
                : new Side(
                    await run.OpenAsync(StoreChoice.Of(name, "the command line"), StoreUse.Read, cancellationToken)
                        .ConfigureAwait(false),
                    null);

        public ValueTask DisposeAsync() => Storage?.DisposeAsync() ?? Archive!.DisposeAsync();
    }
}

/// <summary>What <c>store compare --json</c> writes.</summary>
internal sealed record CompareView(
    bool Equal, long Compared, long Different, IReadOnlyList<DifferenceView> Differences);

/// <summary>One document that differs.</summary>
internal sealed record DifferenceView(string Collection, string Id, string What);
