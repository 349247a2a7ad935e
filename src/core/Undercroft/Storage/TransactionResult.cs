namespace Undercroft;

/// <summary>How a transaction ended.</summary>
/// <param name="Revision">The revision of all it wrote; <see cref="Undercroft.Revision.None"/> where it neither read
/// nor wrote.</param>
/// <param name="Attempts">How often the body ran; 0 where it did not have to.</param>
/// <param name="IsReplay">Whether an earlier call with the same key had done it.</param>
public sealed record TransactionResult(Revision Revision, int Attempts, bool IsReplay)
{
    /// <summary>The store's time at the commit; the default where nothing was committed now.</summary>
    internal DateTimeOffset At { get; init; }
}
