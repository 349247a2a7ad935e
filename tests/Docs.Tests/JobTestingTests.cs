using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Undercroft;
using Undercroft.Jobs;
using Undercroft.Testing;

namespace Docs.Tests;

internal sealed record Invoice(string Order);

[JsonSerializable(typeof(Invoice))]
internal sealed partial class InvoiceJson : JsonSerializerContext;

/// <summary>The guide to jobs shows how an application tests its own; this is that test.</summary>
[SuppressMessage("Usage", "xUnit1051", Justification = "The page shows the calls without their tokens.")]
public sealed class JobTestingTests
{
    private static readonly JobDefinition<Invoice> Invoicing = new("invoice", InvoiceJson.Default.Invoice);

    // docs:testing
    [Fact]
    public async Task An_order_is_invoiced_an_hour_later()
    {
        var clock = new ManualClock();
        var options = new StorageOptions { Clock = clock, SweepInterval = Timeout.InfiniteTimeSpan };
        await using var storage = new Storage(new MemoryStore(clock: clock), options);
        var sent = new List<string>();
        var handlers = new JobHandlers().Add(Invoicing, (invoice, _, _) =>
        {
            sent.Add(invoice.Order);
            return ValueTask.CompletedTask;
        });
        await using var worker = new JobWorker(storage, handlers, new JobsOptions { Clock = clock });
        var jobs = new JobProbe(storage);

        await storage.Queue(Invoicing).EnqueueAsync(
            new Invoice("o1"), new JobOptions { Delay = TimeSpan.FromHours(1) });

        _ = await jobs.SingleAsync(Invoicing, static invoice => invoice.Order == "o1");
        Assert.Equal(0, await worker.RunPendingAsync());

        clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(1, await worker.RunPendingAsync());
        Assert.Equal(["o1"], sent);
        Assert.Equal(JobState.Succeeded, (await jobs.SingleAsync(Invoicing)).State);
    }

    // docs:end
}
