namespace Undercroft.Redis.Client;

/// <summary>Commands that wait to be used again, so many at most.</summary>
internal sealed class CommandPool
{
    private const int Max = 512;

    private readonly Lock gate = new();
    private readonly RedisCommand?[] kept = new RedisCommand?[Max];
    private int count;
    private int underWay;

    /// <summary>How many commands were sent and have no result yet.</summary>
    public int UnderWay => Volatile.Read(ref underWay);

    /// <summary>Counts a command that is sent.</summary>
    public void Admit() => _ = Interlocked.Increment(ref underWay);

    /// <summary>Counts a command that has its result.</summary>
    public void Release() => _ = Interlocked.Decrement(ref underWay);

    /// <summary>Begins a command.</summary>
    /// <param name="name">Its name.</param>
    public RedisCommand Create(ReadOnlySpan<byte> name)
    {
        RedisCommand? command = null;
        lock (gate)
        {
            if (count > 0)
            {
                command = kept[--count];
                kept[count] = null;
            }
        }

        return (command ?? new RedisCommand(this)).Begin(name);
    }

    /// <summary>Takes a command back that nobody uses any more.</summary>
    public void Return(RedisCommand command)
    {
        lock (gate)
        {
            if (count < Max)
            {
                kept[count++] = command;
            }
        }
    }
}
