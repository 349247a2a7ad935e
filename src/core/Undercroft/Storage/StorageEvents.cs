using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Undercroft;

/// <summary>Where handlers of a storage's events are added. For what other processes do, follow the feed.</summary>
/// <remarks>Handlers run one after the other, on the thread that did the work, after the fact: a handler that fails
/// stops nothing, and is itself reported as a failure.</remarks>
public sealed class StorageEvents
{
    private ImmutableArray<Action<CommittedEvent>> committed = [];
    private ImmutableArray<Action<FailedEvent>> failed = [];
    private ImmutableArray<Action<SlowQueryEvent>> slow = [];

    /// <summary>Calls a handler after each commit of this storage that was applied.</summary>
    /// <returns>Dispose it to remove the handler.</returns>
    public IDisposable OnCommitted(Action<CommittedEvent> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _ = ImmutableInterlocked.Update(ref committed, static (all, one) => all.Add(one), handler);
        return new Subscription(() =>
            ImmutableInterlocked.Update(ref committed, static (all, one) => all.Remove(one), handler));
    }

    /// <summary>Calls a handler after each failure nobody waits for: of a sweep, of another handler.</summary>
    /// <returns>Dispose it to remove the handler.</returns>
    public IDisposable OnFailed(Action<FailedEvent> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _ = ImmutableInterlocked.Update(ref failed, static (all, one) => all.Add(one), handler);
        return new Subscription(() =>
            ImmutableInterlocked.Update(ref failed, static (all, one) => all.Remove(one), handler));
    }

    /// <summary>Calls a handler after each query that took at least <see cref="StorageOptions.SlowQueryThreshold"/>.
    /// </summary>
    /// <returns>Dispose it to remove the handler.</returns>
    public IDisposable OnSlowQuery(Action<SlowQueryEvent> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _ = ImmutableInterlocked.Update(ref slow, static (all, one) => all.Add(one), handler);
        return new Subscription(() =>
            ImmutableInterlocked.Update(ref slow, static (all, one) => all.Remove(one), handler));
    }

    internal void Committed(Commit commit, CommitResult result)
    {
        if (committed.Length > 0 && result.IsCommitted)
        {
            Tell(committed, new CommittedEvent(commit, result), "a handler of OnCommitted");
        }
    }

    internal void SlowQuery(SlowQueryEvent query) => Tell(slow, query, "a handler of OnSlowQuery");

    internal void Failed(string doing, Exception error) => Tell(failed, new FailedEvent(doing, error), null);

    [SuppressMessage("Design", "CA1031", Justification = "A failing handler stops nothing; it is reported.")]
    private void Tell<TEvent>(ImmutableArray<Action<TEvent>> handlers, TEvent happened, string? name)
    {
        foreach (var handler in handlers)
        {
            try
            {
                handler(happened);
            }
            catch (Exception error) when (name is not null)
            {
                Failed(name, error);
            }
            catch (Exception)
            {
                // A handler of failures that fails has nobody left to tell.
            }
        }
    }

    private sealed class Subscription(Action remove) : IDisposable
    {
        // Only once: the same handler may have been added again since.
        private Action? removal = remove;

        public void Dispose() => Interlocked.Exchange(ref removal, null)?.Invoke();
    }
}
