namespace Undercroft.Jobs;

/// <summary>Names one start of a worker. Never used again: a host's name or a process's number would be.</summary>
/// <param name="Value">The 128 bits.</param>
public readonly record struct SessionId(Guid Value)
{
    /// <summary>No session.</summary>
    public static SessionId None => default;

    /// <summary>Makes a fresh id.</summary>
    public static SessionId New() => new(Guid.CreateVersion7());

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("N");
}
