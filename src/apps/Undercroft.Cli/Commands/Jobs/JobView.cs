using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Undercroft.Cli.Output;
using Undercroft.Jobs;

namespace Undercroft.Cli.Commands;

/// <summary>What the <c>jobs</c> commands write of a job.</summary>
/// <remarks><c>payload</c> and <c>result</c> are JSON where they are JSON, else <c>payloadBase64</c> and
/// <c>resultBase64</c> hold the bytes.</remarks>
internal sealed record JobView(
    string Id,
    string Queue,
    string Kind,
    string State,
    int Priority,
    int Attempt,
    int AttemptsMax,
    int Snoozes,
    int Crashes,
    bool CancelRequested,
    DateTimeOffset EnqueuedAt,
    DateTimeOffset DueAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    string? Session,
    string? UniqueKey,
    string? ConcurrencyKey,
    string? Batch,
    int WaitsFor,
    double Progress,
    string? ProgressText,
    [property: JsonConverter(typeof(DocumentValueConverter))] JsonElement? Payload,
    string? PayloadBase64,
    [property: JsonConverter(typeof(DocumentValueConverter))] JsonElement? Result,
    string? ResultBase64,
    IReadOnlyDictionary<string, string> Headers,
    IReadOnlyList<JobErrorView> Errors,
    IReadOnlyList<string> Steps)
{
    private const int ErrorLineMax = 60;

    public static JobView Of(JobInfo job)
    {
        var (payload, payloadBytes) = Read(job.Payload);
        var (result, resultBytes) = Read(job.Result);
        return new(
            job.Id.ToString(), job.Queue, job.Kind, StateOf(job.State), job.Priority, job.Attempt, job.AttemptsMax,
            job.Snoozes, job.Crashes, job.IsCancelRequested, job.EnqueuedAt, job.DueAt, job.StartedAt, job.FinishedAt,
            job.Session == SessionId.None ? null : job.Session.ToString(), job.UniqueKey, job.ConcurrencyKey, job.Batch,
            job.DependenciesLeft, job.Progress, job.ProgressText, payload, payloadBytes, result, resultBytes,
            job.Headers.ToDictionary(), [.. job.Errors.Select(JobErrorView.Of)],
            [.. job.Steps.Select(static step => step.Name)]);
    }

    public static string StateOf(JobState state) => state switch
    {
        JobState.Scheduled => "scheduled",
        JobState.Ready => "ready",
        JobState.Running => "running",
        JobState.Waiting => "waiting",
        JobState.Succeeded => "succeeded",
        JobState.Dead => "dead",
        _ => "cancelled",
    };

    public static TableView Table(IEnumerable<JobInfo> jobs)
    {
        var table = new TableView("ID", "STATE", "QUEUE", "KIND", ">ATTEMPT", "DUE", "NOTE");
        foreach (var job in jobs)
        {
            table.Add(
                job.Id.ToString(), StateOf(job.State), job.Queue, job.Kind,
                string.Create(CultureInfo.InvariantCulture, $"{job.Attempt}/{job.AttemptsMax}"),
                Amounts.Time(job.DueAt), NoteOf(job));
        }

        return table;
    }

    /// <summary>Text for people: the text itself where it is UTF-8, else how long it is.</summary>
    public static string TextOf(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            return $"({Amounts.Bytes(bytes.Length)}, no text)";
        }
    }

    private static string NoteOf(JobInfo job)
    {
        if (job is { State: JobState.Running, Progress: > 0 } or { State: JobState.Running, ProgressText: not null })
        {
            return string.Create(CultureInfo.InvariantCulture, $"{job.Progress:P0} {job.ProgressText}").TrimEnd();
        }

        if (job.State is not (JobState.Dead or JobState.Scheduled or JobState.Cancelled) || job.Errors.Count == 0)
        {
            return "";
        }

        var line = job.Errors[^1].Message.Split('\n', 2)[0].TrimEnd('\r');
        return line.Length <= ErrorLineMax ? line : line[..ErrorLineMax] + "…";
    }

    private static (JsonElement? Json, string? Base64) Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return (null, null);
        }

        return DocumentView.Parse(bytes) is { } json ? (json, null) : (null, Convert.ToBase64String(bytes.Span));
    }
}

/// <summary>One error of a job.</summary>
internal sealed record JobErrorView(int Attempt, DateTimeOffset At, string Message)
{
    public static JobErrorView Of(JobError error) => new(error.Attempt, error.At, error.Message);
}

/// <summary>What <c>jobs enqueue --json</c> writes.</summary>
/// <remarks><c>effect</c> is <c>enqueued</c>, <c>existing</c> or <c>updated</c>.</remarks>
internal sealed record JobEnqueuedView(string Id, string Queue, string Kind, string Effect, string State);

/// <summary>What <c>jobs retry</c> and <c>jobs cancel</c> write of each job, with <c>--json</c>.</summary>
internal sealed record JobChangedView(string Id, bool Changed, string State);

/// <summary>What <c>jobs pause</c> and <c>jobs resume</c> write of each queue, with <c>--json</c>.</summary>
internal sealed record QueuePausedView(string Queue, bool Paused);

/// <summary>What <c>jobs stats --json</c> writes of each queue.</summary>
internal sealed record QueueView(
    string Queue,
    bool Paused,
    long Scheduled,
    long Ready,
    long Running,
    long Waiting,
    long Succeeded,
    long Dead,
    long Cancelled)
{
    public static QueueView Of(QueueInfo queue) => new(
        queue.Queue, queue.IsPaused, queue[JobState.Scheduled], queue[JobState.Ready], queue[JobState.Running],
        queue[JobState.Waiting], queue[JobState.Succeeded], queue[JobState.Dead], queue[JobState.Cancelled]);

    public static TableView Table(IEnumerable<QueueInfo> queues)
    {
        var table = new TableView(
            "QUEUE", ">READY", ">RUNNING", ">SCHEDULED", ">WAITING", ">SUCCEEDED", ">DEAD", ">CANCELLED", "STATE");
        foreach (var queue in queues)
        {
            table.Add(
                queue.Queue, Amounts.Count(queue[JobState.Ready]), Amounts.Count(queue[JobState.Running]),
                Amounts.Count(queue[JobState.Scheduled]), Amounts.Count(queue[JobState.Waiting]),
                Amounts.Count(queue[JobState.Succeeded]), Amounts.Count(queue[JobState.Dead]),
                Amounts.Count(queue[JobState.Cancelled]), queue.IsPaused ? "paused" : "");
        }

        return table;
    }
}
