namespace Undercroft.Redis.Client;

/// <summary>Commands that wait for a server to be there.</summary>
internal sealed class Parking
{
    private readonly Lock gate = new();
    private List<RedisCommand> waiting = [];

    /// <summary>Whether nobody waits.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (gate)
            {
                return waiting.Count == 0;
            }
        }
    }

    /// <summary>Has a command wait.</summary>
    public void Add(RedisCommand command)
    {
        lock (gate)
        {
            waiting.Add(command);
        }
    }

    /// <summary>Takes all that wait, in their order.</summary>
    public List<RedisCommand> TakeAll()
    {
        lock (gate)
        {
            if (waiting.Count == 0)
            {
                return [];
            }

            var taken = waiting;
            waiting = [];
            return taken;
        }
    }
}
