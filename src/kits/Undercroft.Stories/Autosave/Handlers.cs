using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Stories;

/// <summary>The handlers of one event.</summary>
internal sealed class Handlers<T>
{
    private ImmutableArray<Handler> all = [];

    public IDisposable Add(Action<T> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var added = new Handler(handler, this);
        _ = ImmutableInterlocked.Update(ref all, static (list, one) => list.Add(one), added);
        return added;
    }

    /// <summary>Calls all handlers in the order they were added.</summary>
    /// <returns>How many of them failed.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "A handler that fails stops nothing; it is counted.")]
    public int Raise(T happened)
    {
        var failures = 0;
        foreach (var handler in all)
        {
            try
            {
                handler.Call(happened);
            }
            catch (Exception)
            {
                failures++;
            }
        }

        return failures;
    }

    // One for each call of Add: disposing it twice does not take away the same handler added another time.
    private sealed class Handler(Action<T> call, Handlers<T> handlers) : IDisposable
    {
        public Action<T> Call { get; } = call;

        public void Dispose() =>
            ImmutableInterlocked.Update(ref handlers.all, static (list, one) => list.Remove(one), this);
    }
}
