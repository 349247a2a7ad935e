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

    /// <summary>What its jobs get unless they say otherwise.</summary>
    public JobOptions Options { get; init; } = JobOptions.Default;
}
