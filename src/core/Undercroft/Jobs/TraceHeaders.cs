using System.Diagnostics;

namespace Undercroft.Jobs;

/// <summary>Writes the trace somebody enqueues in to the headers of the job, as W3C Trace Context has it: its run links
/// to it.</summary>
internal static class TraceHeaders
{
    public static RecordMeta Add(RecordMeta headers)
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } id } current ||
            headers["traceparent"] is not null)
        {
            return headers;
        }

        var traced = headers.With("traceparent", id);
        return current.TraceStateString is { Length: > 0 } state ? traced.With("tracestate", state) : traced;
    }
}
