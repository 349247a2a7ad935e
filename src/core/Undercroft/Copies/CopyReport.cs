namespace Undercroft.Copies;

/// <summary>What a copy has done, in this run and in those it went on from.</summary>
/// <remarks>It is kept in the target, in the commits that it counts: whatever a crash interrupts is counted once.
/// </remarks>
public sealed record CopyReport
{
    /// <summary>Records written into the target. One that changed while it was copied may count more than
    /// once.</summary>
    public long Records { get; init; }

    /// <summary>Deletions carried over.</summary>
    public long Deletions { get; init; }

    /// <summary>The bytes of the values written.</summary>
    public long Bytes { get; init; }

    /// <summary>How often the walk began again because the source could not go on from where the copy was: it was put
    /// back in time, or has forgotten deletions.</summary>
    public int Rescans { get; init; }

    /// <summary>Whether this run went on where an earlier one had stopped.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Whether the target has been equal to the source, as it was at one instant, since the walk began.
    /// </summary>
    public bool HasCaughtUp { get; init; }

    /// <summary>What the source's feed holds back now: there are commits that the target cannot have yet. Null where it
    /// holds nothing back, or more is to be read first.</summary>
    public FeedHold? HeldBack { get; init; }
}
