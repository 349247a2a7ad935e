using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Undercroft.Jobs.Tests;

public sealed class TelemetryTests : JobsFixture
{
    [Fact]
    public async Task Runs_are_counted_by_how_they_ended()
    {
        var kind = new JobDefinition<Sent>($"counted-{Guid.NewGuid():N}", TestJson.Default.Sent);
        var outcomes = new ConcurrentQueue<string?>();
        var durations = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Name is JobDiagnostics.Settled or JobDiagnostics.Duration)
            {
                to.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Note(tags, outcomes.Enqueue));
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Note(tags, _ => durations++));
        listener.Start();
        await using var worker = Worker(new JobHandlers().Add(
            kind,
            static (mail, context, _) =>
            {
                switch (mail.Number)
                {
                    case 1:
                        throw new JobPermanentException("no");
                    case 2:
                        context.Snooze(TimeSpan.FromDays(1));
                        break;
                    case 3:
                        throw new InvalidOperationException("no");
                    default:
                        break;
                }

                return ValueTask.CompletedTask;
            }));
        _ = await Storage.Queue(kind).EnqueueManyAsync(
            Enumerable.Range(0, 4).Select(static i => new Sent("x", i)), null, Token);

        _ = await worker.RunPendingAsync(cancellationToken: Token);

        Assert.Equal(["succeed", "fail", "snooze", "retry"], outcomes);
        Assert.Equal(4, durations);

        void Note(ReadOnlySpan<KeyValuePair<string, object?>> tags, Action<string?> note)
        {
            var all = tags.ToArray().ToDictionary(static tag => tag.Key, static tag => tag.Value as string);
            if (all.GetValueOrDefault(JobDiagnostics.KindTag) == kind.Kind)
            {
                note(all[JobDiagnostics.OutcomeTag]);
            }
        }
    }

    [Fact]
    public async Task A_run_links_to_the_trace_its_job_was_enqueued_in()
    {
        using var source = new ActivitySource("test");
        var runs = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = runs.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var worker = Worker((_, _, _) => ValueTask.CompletedTask);
        ActivityContext context;
        JobId job;
        using (var request = source.StartActivity("request"))
        {
            context = request!.Context;
            job = await Mails.EnqueueAsync(new Sent("Ann"), cancellationToken: Token);
        }

        _ = await worker.RunPendingAsync(cancellationToken: Token);

        var run = Assert.Single(runs, one => Equals(one.GetTagItem(JobDiagnostics.JobTag), job.ToString()));
        Assert.Equal(ActivityKind.Consumer, run.Kind);
        Assert.Equal(
            (context.TraceId, context.SpanId),
            (Assert.Single(run.Links).Context.TraceId, Assert.Single(run.Links).Context.SpanId));
    }
}
