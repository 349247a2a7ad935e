namespace Undercroft.Stories;

/// <summary>How many things had which outcome.</summary>
/// <remarks>
/// <see cref="Preserved"/> and <see cref="Regenerated"/> count passages carried over whole; the others count findings,
/// those past the report's limit included.
/// </remarks>
public sealed record ConversionCounts
{
    /// <summary>Passages kept as they were.</summary>
    public int Preserved { get; init; }

    /// <summary>Passages written anew from the model.</summary>
    public int Regenerated { get; init; }

    /// <summary>Things kept in another form or place.</summary>
    public int Transformed { get; init; }

    /// <summary>Things replaced by something close.</summary>
    public int Approximated { get; init; }

    /// <summary>Things not understood and kept whole.</summary>
    public int KeptOpaque { get; init; }

    /// <summary>Things lost.</summary>
    public int Dropped { get; init; }

    /// <summary>Things added.</summary>
    public int Invented { get; init; }
}
