using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Undercroft.Jobs;

/// <summary>A kind of jobs, and the type of its payload.</summary>
public sealed class JobDefinition<T>
{
    /// <summary>Declares a kind of jobs.</summary>
    /// <param name="kind">The kind: a stable name that workers know.</param>
    /// <param name="typeInfo">How its payload is written as JSON.</param>
    /// <param name="queue">The queue its jobs go to unless they say otherwise.</param>
    public JobDefinition(string kind, JsonTypeInfo<T> typeInfo, string queue = NewJob.DefaultQueue)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentNullException.ThrowIfNull(typeInfo);
        Kind = kind;
        TypeInfo = typeInfo;
        Queue = queue;
    }

    /// <summary>The kind.</summary>
    public string Kind { get; }

    /// <summary>How its payload is written as JSON.</summary>
    public JsonTypeInfo<T> TypeInfo { get; }

    /// <summary>The queue its jobs go to unless they say otherwise.</summary>
    public string Queue { get; }

    /// <summary>What its jobs get where they are enqueued without options. Options that are given stand alone; to
    /// change some of these, give <c>definition.Options with { … }</c>.</summary>
    public JobOptions Options { get; init; } = JobOptions.Default;

    /// <summary>Writes a payload as its jobs carry it.</summary>
    /// <param name="payload">The payload.</param>
    /// <exception cref="ArgumentException">It is null.</exception>
    public byte[] Write(T payload) => payload is null
        ? throw new ArgumentException(
            $"A job of kind {Names.Show(Kind)} cannot be enqueued with the payload null: no handler would be given it. "
            + "Enqueue a value.",
            nameof(payload))
        : JsonSerializer.SerializeToUtf8Bytes(payload, TypeInfo);
}
