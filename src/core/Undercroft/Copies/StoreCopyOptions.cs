namespace Undercroft.Copies;

/// <summary>How a copy goes.</summary>
public sealed record StoreCopyOptions
{
    /// <summary>Once, into an empty target.</summary>
    public static StoreCopyOptions Default { get; } = new();

    /// <summary>Whether to follow the source until the copy is cancelled; otherwise it ends when it has caught up.
    /// </summary>
    public bool IsLive { get; init; }

    /// <summary>What happens to records the target had before. The default is to refuse.</summary>
    public CopyTarget Target { get; init; }

    /// <summary>The origin of everything the copy writes. The default is <c>$copy</c>.</summary>
    public string Origin { get; init; } = "$copy";

    /// <summary>Leaves out what this origin wrote into the source: between two stores that are copied both ways, the
    /// origin of the copy that comes the other way. Null leaves out nothing.</summary>
    public string? ExceptOrigin { get; init; }

    /// <summary>About how many records go into one commit. The default is 1,000; the target's limits may make it fewer.
    /// </summary>
    public int BatchSize { get; init; } = 1000;

    /// <summary>How long the copy holds the target without a sign of life: what another copy waits for where this one
    /// was killed. The default is 5 seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait where the source's feed holds commits back: the target is not equal to the source
    /// before they have come. A live copy waits for ever; its reports and
    /// <see cref="HeldBackWait.Progress"/> say so.</summary>
    public HeldBackWait HeldBack { get; init; } = HeldBackWait.Default;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(HeldBack, nameof(HeldBack));
        HeldBack.Validate();
        ArgumentException.ThrowIfNullOrEmpty(Origin, nameof(Origin));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchSize, nameof(BatchSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(Lease, TimeSpan.FromMilliseconds(100), nameof(Lease));
        if (!Enum.IsDefined(Target))
        {
            throw new ArgumentOutOfRangeException(nameof(Target), Target, "There is no such choice of a target.");
        }
    }
}
