using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Undercroft.Cli.Bench;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>bench</c>: what this kind of store does on this machine.</summary>
internal sealed class BenchCommand : CliCommand
{
    private const int DocumentsMin = 1000;
    private const int DocumentsMax = 1_000_000;
    private const int BytesMax = 1_000_000;

    private readonly Option<double> seconds = new("--seconds")
    {
        Description = "How long to measure each figure.",
        HelpName = "count",
        DefaultValueFactory = static _ => 2,
    };

    private readonly Option<int> size = new("--size")
    {
        Description = "The size of a document in bytes.",
        HelpName = "bytes",
        DefaultValueFactory = static _ => 512,
    };

    private readonly Option<int> documents = new("--documents")
    {
        Description = "How many documents there are to read and query.",
        HelpName = "count",
        DefaultValueFactory = static _ => 10_000,
    };

    public BenchCommand(CliContext context)
        : base(
            context,
            "bench",
            "Measure a new store of the chosen kind, in the place of the chosen store, and remove it again.")
    {
        Add(seconds);
        Add(size);
        Add(documents);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var plan = Plan(run);
        var scratch = Scratch(run);
        var place = StorePlace.Of(scratch.Uri);
        BenchView view;
        try
        {
            view = await MeasureAsync(run, scratch, plan, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            place?.Delete();
        }

        Show(run, view);
        return ExitCode.Ok;
    }

    private static async Task<BenchView> MeasureAsync(
        CliRun run, StoreChoice scratch, BenchPlan plan, CancellationToken cancellationToken)
    {
        var storage = await StoreAccess.OpenAsync(run.Host, scratch, StoreUse.Write, cancellationToken)
            .ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var bench = new BenchRun(storage, plan, run.Host.Clock);
        IReadOnlyList<BenchFigure> figures;
        try
        {
            figures = await run.Output
                .ProgressAsync("Measuring", progress => bench.RunAsync(progress, cancellationToken))
                .ConfigureAwait(false);
        }
        finally
        {
            // On a server; whatever became of the measuring.
            if (storage.Store.Feature<IRemovableStore>() is { } removable)
            {
                await removable.RemoveAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }

        return new BenchView(
            storage.Info.Backend,
            StoreInfoView.Lower(storage.Info.DefaultDurability),
            plan.DocumentBytes,
            plan.Documents,
            plan.Each.TotalSeconds,
            Environment.ProcessorCount,
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription,
            figures);
    }

    private static void Show(CliRun run, BenchView view)
    {
        if (run.IsJson)
        {
            run.Output.Json(view, CliJson.Default.BenchView);
            return;
        }

        var table = new TableView("What", ">Per second", ">Median", ">99 %");
        foreach (var figure in view.Figures)
        {
            table.Add(
                figure.Name,
                $"{Amounts.Count((long)figure.PerSecond)} {figure.Unit}",
                Micros(figure.MedianMicroseconds),
                Micros(figure.P99Microseconds));
        }

        run.Output.Table(table);
        run.Output.Line(
            $"Store {view.Backend}, durability {view.Durability}, {Amounts.Count(view.Documents)} documents of "
            + $"{Amounts.Bytes(view.DocumentBytes)}, {view.Seconds.ToString(CultureInfo.InvariantCulture)} s each, "
            + $"{view.Processors} processors, {view.System}, {view.Runtime}.");
        run.Output.Note("Whatever else the machine does counts in: compare figures of one machine at one time only.");
    }

    private static string Micros(double value) => value < 1000
        ? $"{value.ToString("0.0", CultureInfo.InvariantCulture)} µs"
        : $"{(value / 1000).ToString("0.00", CultureInfo.InvariantCulture)} ms";

    private static StoreChoice Scratch(CliRun run)
    {
        var choice = run.Choice;
        if (choice.Uri.Scheme == "memory")
        {
            return choice;
        }

        var id = Guid.CreateVersion7(run.Host.Clock.GetUtcNow());
        if (ServerStore.Beside(choice.Uri, $"bench-{id:N}") is { } beside)
        {
            return choice with { Uri = beside };
        }

        var place = StorePlace.Of(choice.Uri) ?? throw new CliException(
            ExitCode.Usage,
            $"There is no place for a new store beside '{choice.Uri}'; expected memory:, sqlite:, file:, postgres: or "
            + "redis:. Name one by --store.");
        var path = $"{Path.TrimEndingDirectorySeparator(place.Path)}.bench-{id:N}";
        return choice with { Uri = choice.Uri with { Path = path } };
    }

    private BenchPlan Plan(CliRun run)
    {
        var plan = new BenchPlan(TimeSpan.FromSeconds(run.Get(seconds)), run.Get(size), run.Get(documents));
        Require(plan.Each > TimeSpan.Zero && plan.Each <= TimeSpan.FromHours(1), "--seconds must be positive.");
        Require(plan.DocumentBytes is >= 0 and <= BytesMax, $"--size must be 0 to {BytesMax}.");
        Require(
            plan.Documents is >= DocumentsMin and <= DocumentsMax,
            $"--documents must be {DocumentsMin} to {DocumentsMax}.");
        return plan;

        static void Require(bool holds, string message)
        {
            if (!holds)
            {
                throw new CliException(ExitCode.Usage, message);
            }
        }
    }
}

/// <summary>What <c>bench --json</c> writes: the figures and the conditions they hold under.</summary>
internal sealed record BenchView(
    string Backend,
    string Durability,
    int DocumentBytes,
    int Documents,
    double Seconds,
    int Processors,
    string System,
    string Runtime,
    IReadOnlyList<BenchFigure> Figures);
