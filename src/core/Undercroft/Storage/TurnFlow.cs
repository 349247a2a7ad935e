namespace Undercroft;

/// <summary>What a flow of calls is part of: a turn, and of a transaction one run of its body. What the body starts
/// carries it along, and may outlive it.</summary>
internal sealed class TurnFlow(WriteTurn turn, bool isBody = false)
{
    private volatile bool isInBody = isBody;

    public WriteTurn Turn => turn;

    /// <summary>Whether the body of a transaction is running: there can be no other one in it. Handlers that hear of
    /// its commit, and what it has left behind, are outside again.</summary>
    public bool IsInBody => isInBody;

    public void LeaveBody() => isInBody = false;
}
