using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;

namespace Undercroft.Jobs;

/// <summary>What runs the jobs: a handler for each kind. A worker claims no jobs of other kinds.</summary>
/// <remarks>Built by one thread; frozen by the first worker that is made with it.</remarks>
public sealed class JobHandlers
{
    private readonly Dictionary<string, JobHandler> handlers = new(StringComparer.Ordinal);
    private FrozenDictionary<string, JobHandler>? frozen;

    /// <summary>The kinds there are handlers for.</summary>
    public IReadOnlyCollection<string> Kinds => handlers.Keys;

    /// <summary>Runs the jobs of a kind by a function.</summary>
    /// <param name="definition">The kind and its payload. One that cannot be read makes its job a dead letter, with the
    /// bytes as they are.</param>
    /// <param name="handle">Does a job.</param>
    /// <param name="options">How they are run; null means the defaults.</param>
    /// <exception cref="ArgumentException">The kind has a handler already, or no name.</exception>
    /// <exception cref="InvalidOperationException">A worker works with the handlers already.</exception>
    public JobHandlers Add<T>(
        JobDefinition<T> definition,
        Func<T, JobContext, CancellationToken, ValueTask> handle,
        JobHandlerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(handle);
        return Add(new TypedJobHandler<T>(definition, options ?? JobHandlerOptions.Default, handle));
    }

    /// <summary>Runs the jobs of a kind by a handler out of the services of the run.</summary>
    /// <typeparam name="T">The type of the payloads.</typeparam>
    /// <typeparam name="THandler">The handler; a service, scoped as a rule.</typeparam>
    /// <param name="definition">The kind and its payload. One that cannot be read makes its job a dead letter, with the
    /// bytes as they are.</param>
    /// <param name="options">How they are run; null means the defaults.</param>
    /// <exception cref="ArgumentException">The kind has a handler already, or no name.</exception>
    /// <exception cref="InvalidOperationException">A worker works with the handlers already.</exception>
    public JobHandlers Add<T, THandler>(JobDefinition<T> definition, JobHandlerOptions? options = null)
        where THandler : class, IJobHandler<T> =>
        Add(
            definition,
            static (payload, context, cancellationToken) => context.Services.GetRequiredService<THandler>()
                .HandleAsync(payload, context, cancellationToken),
            options);

    /// <summary>Runs the jobs of a kind by a function that reads the bytes itself.</summary>
    /// <param name="kind">The kind: a stable name, not the name of a type.</param>
    /// <param name="handle">Does a job.</param>
    /// <param name="options">How they are run; null means the defaults.</param>
    /// <exception cref="ArgumentException">The kind has a handler already, or no name.</exception>
    /// <exception cref="InvalidOperationException">A worker works with the handlers already.</exception>
    public JobHandlers AddRaw(
        string kind,
        Func<ReadOnlyMemory<byte>, JobContext, CancellationToken, ValueTask> handle,
        JobHandlerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return Add(new RawJobHandler(Checked(kind), options ?? JobHandlerOptions.Default, handle));
    }

    internal JobHandlers Freeze()
    {
        frozen ??= handlers.ToFrozenDictionary(StringComparer.Ordinal);
        return this;
    }

    internal JobHandler Find(string kind) => frozen![kind];

    private JobHandlers Add(JobHandler handler)
    {
        if (frozen is not null)
        {
            throw new InvalidOperationException(
                $"The handler of {Names.Show(handler.Kind)} comes too late: a worker works with these handlers " +
                "already. Add it before the worker is made.");
        }

        if (!handlers.TryAdd(handler.Kind, handler))
        {
            throw new ArgumentException(
                $"The kind {Names.Show(handler.Kind)} has a handler already. Rename one of the two, or remove it.");
        }

        return this;
    }

    private static string Checked(string kind)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        return kind;
    }
}
