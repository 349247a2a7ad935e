using System.Text.Json;

namespace Undercroft.Jobs;

/// <summary>What runs the jobs of one kind.</summary>
internal abstract class JobHandler(string kind, JobHandlerOptions options)
{
    public string Kind { get; } = kind;

    public JobHandlerOptions Options { get; } = options;

    /// <summary>Reads the payload and does the job.</summary>
    /// <exception cref="JobPermanentException">The payload cannot be read.</exception>
    public abstract ValueTask RunAsync(JobContext context);
}

/// <summary>Gives the bytes of a job to a function.</summary>
internal sealed class RawJobHandler(
    string kind, JobHandlerOptions options, Func<ReadOnlyMemory<byte>, JobContext, CancellationToken, ValueTask> handle)
    : JobHandler(kind, options)
{
    public override ValueTask RunAsync(JobContext context) =>
        handle(context.Payload, context, context.CancellationToken);
}

/// <summary>Gives the payload of a job to a function.</summary>
internal sealed class TypedJobHandler<T>(
    JobDefinition<T> definition,
    JobHandlerOptions options,
    Func<T, JobContext, CancellationToken, ValueTask> handle)
    : JobHandler(definition.Kind, options)
{
    public override ValueTask RunAsync(JobContext context) =>
        handle(Read(context.Payload.Span), context, context.CancellationToken);

    private T Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, definition.TypeInfo) ?? throw new JsonException("It is null.");
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A converter may throw anything. The bytes stay with the dead letter.
            throw new JobPermanentException(
                $"The payload of a job of kind {Names.Show(Kind)} cannot be read as {typeof(T).Name}: " +
                $"{JsonPlace.Reason(error).TrimEnd('.')}. The bytes are kept: mend the type, then retry the job.",
                error);
        }
    }
}
