namespace Undercroft.Archives;

/// <summary>How an archive is restored.</summary>
public sealed record RestoreOptions
{
    /// <summary>Into an empty target, checked afterwards.</summary>
    public static RestoreOptions Default { get; } = new();

    /// <summary>What happens to records the target has. The default is to refuse.</summary>
    public RestoreTarget Target { get; init; }

    /// <summary>Whether each record keeps in its meta, under <c>$sourceRevision</c>, the revision it had where it was
    /// archived. The default is that it does.</summary>
    public bool KeepsSourceRevisions { get; init; } = true;

    /// <summary>How much to take from the archive.</summary>
    public ArchiveReadOptions Reading { get; init; } = ArchiveReadOptions.Default;

    /// <summary>How long the restore holds the target without a sign of life: what another waits for where this one was
    /// killed. The default is 5 seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(5);

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Reading, nameof(Reading));
        Reading.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(Lease, TimeSpan.FromMilliseconds(100), nameof(Lease));
        if (!Enum.IsDefined(Target))
        {
            throw new ArgumentOutOfRangeException(nameof(Target), Target, "There is no such choice of a target.");
        }
    }
}
