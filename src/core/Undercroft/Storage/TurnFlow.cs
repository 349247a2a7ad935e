namespace Undercroft;

/// <summary>What a flow of calls is part of: a turn, and of a transaction one run of its body. What the body starts
/// carries it along, and may outlive it.</summary>
internal sealed class TurnFlow(WriteTurn turn, bool isBody = false)
{
    private readonly Lock gate = new();
    private volatile bool isInBody = isBody;
    private HashSet<RecordKey>? written;

    public WriteTurn Turn => turn;

    /// <summary>Whether the body of a transaction is running: there can be no other one in it. Handlers that hear of
    /// its commit, and what it has left behind, are outside again.</summary>
    public bool IsInBody => isInBody;

    public void LeaveBody() => isInBody = false;

    /// <summary>Remembers what the body has written past its transaction: it may be the very thing it loses to.
    /// </summary>
    public void WrotePast(IReadOnlyList<StoreOperation> operations)
    {
        if (!isInBody)
        {
            return;
        }

        lock (gate)
        {
            foreach (var operation in operations)
            {
                if (operation is PutOperation or DeleteOperation)
                {
                    _ = (written ??= []).Add(operation.Key);
                }
            }
        }
    }

    /// <summary>Whether the body has written a record past its transaction.</summary>
    public bool HasWrittenPast(RecordKey key)
    {
        lock (gate)
        {
            return written is not null && written.Contains(key);
        }
    }
}
