namespace Undercroft.Jobs;

/// <summary>What a session has to say.</summary>
public enum SessionUpdateKind
{
    /// <summary>It still lives, and wants another lease.</summary>
    Renew = 0,

    /// <summary>It begins.</summary>
    Open,

    /// <summary>It ends. What it still holds goes back to its queue.</summary>
    Close,
}
