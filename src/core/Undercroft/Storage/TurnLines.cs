namespace Undercroft;

/// <summary>Lines in front of records that several writers of this process want at once. Whoever has lost a race stands
/// in line; whoever comes while there is a line stands behind. It makes writers fair, not right: that is what the
/// conditions of their commits do. Safe for threads.</summary>
internal sealed class TurnLines(TimeProvider clock)
{
    /// <summary>The most writers in one line; beyond, they try their luck.</summary>
    public const int PlacesMax = 4096;

    /// <summary>How long a line may stand still before those in it try their luck: its head may be busy with something
    /// that is not this record.</summary>
    public static readonly TimeSpan StillMax = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Dictionary<RecordKey, Line> lines = [];
    private readonly AsyncLocal<TurnFlow?> current = new();
    private int count;

    /// <summary>Who writes in this flow of calls, and has a turn or runs a transaction. Whatever they call outside of
    /// their own scope must not wait for them.</summary>
    public TurnFlow? Current
    {
        get => current.Value is { Turn.HasEnded: false } live ? live : null;
        set => current.Value = value;
    }

    /// <summary>Whether anybody stands in front of any record.</summary>
    public bool IsEmpty => Volatile.Read(ref count) == 0;

    /// <summary>Whether anybody stands in front of a record.</summary>
    public bool Has(RecordKey key)
    {
        if (IsEmpty)
        {
            return false;
        }

        lock (gate)
        {
            return lines.ContainsKey(key);
        }
    }

    /// <summary>Stands in line until it is one's turn.</summary>
    /// <returns>Whether one has the turn, and must <see cref="Leave"/>; false where the line is full or stands still.
    /// </returns>
    public async ValueTask<bool> EnterAsync(RecordKey key, CancellationToken cancellationToken)
    {
        var line = Stand(key, out var isFirst, out var place);
        if (place is null)
        {
            return isFirst;
        }

        while (true)
        {
            var moves = line.Moves;
            try
            {
                await place.Task.WaitAsync(StillMax, clock, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (TimeoutException)
            {
                if (line.Moves == moves)
                {
                    // Called in this very moment, one has the turn after all.
                    return !place.TrySetCanceled(CancellationToken.None);
                }
            }
            catch (OperationCanceledException)
            {
                if (!place.TrySetCanceled(CancellationToken.None))
                {
                    Leave(key);
                }

                throw;
            }
        }
    }

    /// <summary>Ends a turn: the next in line has it.</summary>
    public void Leave(RecordKey key)
    {
        lock (gate)
        {
            var line = lines[key];
            line.Move();
            while (line.Places.TryDequeue(out var next))
            {
                if (next.TrySetResult())
                {
                    return;
                }
            }

            _ = lines.Remove(key);
            Volatile.Write(ref count, lines.Count);
        }
    }

    private Line Stand(RecordKey key, out bool isFirst, out TaskCompletionSource? place)
    {
        lock (gate)
        {
            isFirst = !lines.TryGetValue(key, out var line);
            place = null;
            if (isFirst)
            {
                lines[key] = line = new Line();
                Volatile.Write(ref count, lines.Count);
            }
            else if (line!.Places.Count < PlacesMax)
            {
                place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                line.Places.Enqueue(place);
            }

            return line!;
        }
    }

    /// <summary>Those who wait behind the one whose turn it is.</summary>
    private sealed class Line
    {
        private long moves;

        public Queue<TaskCompletionSource> Places { get; } = new();

        /// <summary>How often a turn here has ended.</summary>
        public long Moves => Volatile.Read(ref moves);

        public void Move() => Interlocked.Increment(ref moves);
    }
}
