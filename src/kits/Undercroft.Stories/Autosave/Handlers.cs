using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Stories;

/// <summary>The handlers of one event.</summary>
internal sealed class Handlers<T>
{
    private ImmutableArray<Action<T>> all = [];

    public IDisposable Add(Action<T> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _ = ImmutableInterlocked.Update(ref all, static (list, one) => list.Add(one), handler);
        return new Subscription(() =>
            ImmutableInterlocked.Update(ref all, static (list, one) => list.Remove(one), handler));
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
                handler(happened);
            }
            catch (Exception)
            {
                failures++;
            }
        }

        return failures;
    }

    private sealed class Subscription(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}
