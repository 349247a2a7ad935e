using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Stories;

/// <summary>Where handlers of a library's events are added. For what other processes do, follow the feed.</summary>
/// <remarks>
/// Handlers run after the fact, one at a time, in the order they were added, on the thread of a call that has something
/// to tell: usually the one it tells of, before that call returns. What happens to one story is told in the order it
/// happened. A handler that fails stops nothing; it is told as a <see cref="StorageError"/>. A handler may call the
/// library: what that has to tell comes after.
/// </remarks>
public sealed class StoryEvents
{
    /// <summary>The most events that wait while a handler runs. What comes beyond is dropped, and counted in
    /// <see cref="StoryLibraryStatistics.EventsDropped"/>.</summary>
    public const int WaitingMax = 10_000;

    private readonly Lock gate = new();
    private readonly Queue<StoryEvent> waiting = new();
    private ImmutableArray<Handler> handlers = [];
    private bool isDelivering;
    private long dropped;

    internal StoryEvents()
    {
    }

    internal bool IsHeard => handlers.Length > 0;

    internal long Dropped => Volatile.Read(ref dropped);

    /// <summary>Calls a handler for each event of a kind; for all of them where the kind is <see cref="StoryEvent"/>.
    /// </summary>
    /// <returns>Dispose it to remove the handler. An event that is being told at that moment may still reach it.
    /// </returns>
    public IDisposable On<TEvent>(Action<TEvent> handler)
        where TEvent : StoryEvent
    {
        ArgumentNullException.ThrowIfNull(handler);
        var added = new Handler(
            happened =>
            {
                if (happened is TEvent wanted)
                {
                    handler(wanted);
                }
            },
            this);
        _ = ImmutableInterlocked.Update(ref handlers, static (all, one) => all.Add(one), added);
        return added;
    }

    /// <summary>Tells an event now.</summary>
    internal void Tell(StoryEvent happened)
    {
        Add(happened);
        Deliver();
    }

    /// <summary>Puts an event in line. It is told by the next <see cref="Deliver"/>.</summary>
    internal void Add(StoryEvent happened)
    {
        if (!IsHeard)
        {
            return;
        }

        lock (gate)
        {
            if (waiting.Count < WaitingMax)
            {
                waiting.Enqueue(happened);
            }
            else
            {
                dropped++;
            }
        }
    }

    /// <summary>Tells what is in line, unless somebody is doing so already: then they tell this too.</summary>
    internal void Deliver()
    {
        lock (gate)
        {
            if (isDelivering)
            {
                return;
            }

            isDelivering = true;
        }

        while (TryTake(out var happened))
        {
            foreach (var handler in handlers)
            {
                Tell(handler, happened);
            }
        }
    }

    private bool TryTake([NotNullWhen(true)] out StoryEvent? happened)
    {
        lock (gate)
        {
            isDelivering = waiting.TryDequeue(out happened);
            return isDelivering;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A failing handler stops nothing; it is told.")]
    private void Tell(Handler handler, StoryEvent happened)
    {
        try
        {
            handler.Call(happened);
        }
        catch (Exception error) when (happened is not StorageError)
        {
            Add(new StorageError("handler", null, error));
        }
        catch (Exception)
        {
            // A handler of errors that fails has nobody left to tell.
        }
    }

    private sealed class Handler(Action<StoryEvent> call, StoryEvents events) : IDisposable
    {
        public Action<StoryEvent> Call { get; } = call;

        public void Dispose() =>
            ImmutableInterlocked.Update(ref events.handlers, static (all, one) => all.Remove(one), this);
    }
}
