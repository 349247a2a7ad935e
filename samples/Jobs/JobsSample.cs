using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Undercroft;
using Undercroft.Jobs;

namespace Samples;

internal sealed record Order(string Customer, int Total);

internal sealed record Receipt(string Order, int Total);

internal sealed record Ship(string Order);

internal sealed record Report(string Name);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(Ship))]
[JsonSerializable(typeof(Report))]
[JsonSerializable(typeof(int))]
internal sealed partial class JobsJson : JsonSerializerContext;

/// <summary>Jobs beside the data: <c>dotnet run --project samples/Jobs</c>.</summary>
public sealed class JobsSample
{
    // docs:define
    private static readonly JobDefinition<Ship> Shipping = new("ship", JobsJson.Default.Ship);
    private static readonly JobDefinition<Report> Reporting = new("report", JobsJson.Default.Report, queue: "reports");

    // docs:end
    private static readonly CollectionDefinition<Order> Orders = new("orders", JobsJson.Default.Order);
    private static readonly CollectionDefinition<Receipt> Receipts = new("receipts", JobsJson.Default.Receipt);

    private readonly TextWriter output;
    private readonly Storage storage;

    private JobsSample(Storage storage, TextWriter output)
    {
        this.storage = storage;
        this.output = output;
    }

    /// <summary>Shows everything in memory.</summary>
    public static Task Main() => RunAsync("memory:", Console.Out);

    /// <summary>Shows everything.</summary>
    /// <param name="uri">The store.</param>
    /// <param name="output">Where to write what happens.</param>
    public static async Task RunAsync(string uri, TextWriter output)
    {
        await using var storage = await Storage.OpenAsync(uri, new StoreSchemes().AddSqlite());
        await new JobsSample(storage, output).RunAsync();
    }

    /// <summary>How an application has jobs.</summary>
    public static void Add(HostApplicationBuilder builder)
    {
        // docs:add
        builder.Services.AddUndercroft().UseSchemes(new StoreSchemes().AddSqlite());
        builder.Services.AddUndercroftJobs(options =>
            {
                options.Queues["default"] = new JobQueueOptions { Concurrency = 16 };
                options.Queues["reports"] = new JobQueueOptions { Concurrency = 2 };
            })
            .AddHandler<Ship, ShipHandler>(Shipping)
            .AddHandler(Reporting, static (report, context, _) =>
            {
                context.ReportProgress(0.5, report.Name);
                return ValueTask.CompletedTask;
            })
            .AddSchedule(new JobSchedule
            {
                Name = "nightly",
                Cron = "0 3 * * *",
                TimeZone = "UTC",
                Kind = "report",
                Queue = "reports",
                Payload = """{"name":"sales"}"""u8.ToArray(),
            });
        builder.Services.AddHealthChecks().AddUndercroftCheck().AddUndercroftJobsCheck();

        // docs:end
    }

    private async Task RunAsync()
    {
        await PlaceAsync("o1", new Order("Ann", 42));
        await WithdrawAsync();
        await FlowAsync();
        var handlers = new JobHandlers()
            .Add(Shipping, static (ship, context, token) => new ShipHandler().HandleAsync(ship, context, token))
            .Add(
                Reporting,
                ReportAsync,
                new JobHandlerOptions { Retry = RetryPolicy.Fixed(TimeSpan.FromTicks(1), 5) });
        var options = new JobsOptions { Queues = { ["default"] = new(), ["reports"] = new() } };
        await using var worker = new JobWorker(storage, handlers, options);
        while (await worker.RunPendingAsync() > 0)
        {
            // What failed once is due again by now.
        }

        var receipt = await storage.Repository(Receipts).GetAsync("o1");
        await output.WriteLineAsync($"receipt for {receipt?.Value.Total}");
        foreach (var queue in await storage.Jobs.ListQueuesAsync())
        {
            await output.WriteLineAsync(
                $"{queue.Queue}: {queue[JobState.Succeeded]} succeeded, {queue[JobState.Dead]} dead");
        }
    }

    private async Task PlaceAsync(string id, Order order)
    {
        // docs:enqueue
        await storage.TransactionAsync(async transaction =>
        {
            await transaction.Repository(Orders).CreateAsync(id, order);
            await transaction.Queue(Shipping).EnqueueAsync(new Ship(id), new JobOptions { UniqueKey = id });
        });

        // docs:end
        await output.WriteLineAsync($"{id} is placed and will be shipped");
    }

    private async Task WithdrawAsync()
    {
        var job = await storage.Queue(Shipping).EnqueueAsync(new Ship("o2"));

        // docs:control
        await storage.Jobs.PauseQueueAsync("reports");
        var effect = await storage.Jobs.CancelAsync(job);
        await storage.TransactionAsync(async transaction =>
        {
            await transaction.Repository(Orders).DeleteAsync("o2");
            transaction.Add(JobControlOperation.Resume("reports"));
        });

        // docs:end
        await output.WriteLineAsync($"o2 is withdrawn: {effect}");
    }

    private async Task FlowAsync()
    {
        // docs:flow
        var flow = new JobFlow();
        var sales = flow.Add(Reporting, new Report("sales"));
        var stock = flow.Add(Reporting, new Report("stock"));
        flow.Add(Reporting, new Report("summary"), after: [sales, stock], DependencyPolicy.Cancel);
        await flow.EnqueueAsync(storage);

        // docs:end
    }

    // docs:steps
    private async ValueTask ReportAsync(Report report, JobContext context, CancellationToken cancellationToken)
    {
        var lines = await context.StepAsync("collect", JobsJson.Default.Int32, async _ =>
        {
            await output.WriteLineAsync($"collecting {report.Name}");
            return report.Name.Length;
        });
        if (report.Name == "sales" && context.Attempt == 1)
        {
            throw new InvalidOperationException("The printer is on fire.");
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{report.Name} has {lines} lines, attempt {context.Attempt}"));
    }

    // docs:end

    // docs:handler
    private sealed class ShipHandler : IJobHandler<Ship>
    {
        public async ValueTask HandleAsync(Ship payload, JobContext context, CancellationToken cancellationToken) =>
            await context.TransactionAsync(async transaction =>
            {
                var order = await transaction.Repository(Orders).GetAsync(payload.Order, cancellationToken)
                    ?? throw new JobPermanentException($"There is no order {payload.Order}.");
                await transaction.Repository(Receipts).CreateAsync(
                    payload.Order, new Receipt(payload.Order, order.Value.Total), cancellationToken: cancellationToken);
            });
    }

    // docs:end
}
