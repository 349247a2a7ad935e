namespace Undercroft.Stories;

/// <summary>Lets those who change one story come one after the other, so that what is told of it is told in the order
/// it happened. Other stories are not held up.</summary>
internal sealed class KeyedTurns
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Turn> turns = new(StringComparer.Ordinal);

    /// <summary>Waits for the turn of several keys: in their order, so that no two wait for each other.</summary>
    /// <returns>Dispose it to give the turns back.</returns>
    public async ValueTask<IDisposable> TakeAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var taken = new Taken(this, keys.Count);
        try
        {
            foreach (var key in keys.Order(StringComparer.Ordinal))
            {
                var turn = Join(key);
                try
                {
                    await turn.Free.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
                catch
                {
                    Leave(key, turn);
                    throw;
                }

                taken.Add(key, turn);
            }

            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    private Turn Join(string key)
    {
        lock (gate)
        {
            if (!turns.TryGetValue(key, out var turn))
            {
                turns[key] = turn = new Turn();
            }

            turn.Users++;
            return turn;
        }
    }

    private void Leave(string key, Turn turn)
    {
        lock (gate)
        {
            if (--turn.Users == 0)
            {
                _ = turns.Remove(key);
                turn.Free.Dispose();
            }
        }
    }

    private sealed class Turn
    {
        public SemaphoreSlim Free { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Taken(KeyedTurns turns, int capacity) : IDisposable
    {
        private readonly List<(string Key, Turn Turn)> held = new(capacity);

        public void Add(string key, Turn turn) => held.Add((key, turn));

        public void Dispose()
        {
            foreach (var (key, turn) in held)
            {
                _ = turn.Free.Release();
                turns.Leave(key, turn);
            }

            held.Clear();
        }
    }
}
