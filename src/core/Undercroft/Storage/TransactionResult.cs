namespace Undercroft;

/// <summary>How a transaction ended.</summary>
/// <param name="Revision">The revision of all it wrote; <see cref="Undercroft.Revision.None"/> where it wrote
/// nothing.</param>
/// <param name="Attempts">How often the body ran; 0 where it did not have to.</param>
/// <param name="IsReplay">Whether an earlier call with the same key had done it.</param>
public record TransactionResult(Revision Revision, int Attempts, bool IsReplay)
{
    /// <summary>When it was committed, by the store's clock: of a replay, when the earlier call was. The default value
    /// where nothing was written.</summary>
    public DateTimeOffset At { get; init; }
}
