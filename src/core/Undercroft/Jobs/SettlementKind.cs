namespace Undercroft.Jobs;

/// <summary>How a run ended.</summary>
public enum SettlementKind
{
    /// <summary>Well.</summary>
    Succeed = 0,

    /// <summary>With an error; it is tried again while there are attempts, else it is dead.</summary>
    Retry,

    /// <summary>With an error that trying again would not mend: it is dead.</summary>
    Fail,

    /// <summary>It wants to go on later; the attempt does not count.</summary>
    Snooze,

    /// <summary>It was not begun, or is handed back at a shutdown; the attempt does not count and it keeps its place.
    /// </summary>
    Release,

    /// <summary>It heeded a request to cancel.</summary>
    Cancel,
}
