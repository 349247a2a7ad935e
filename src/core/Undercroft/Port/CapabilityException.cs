namespace Undercroft;

/// <summary>A store was asked for what it cannot do at all. Nothing was read or written.</summary>
public sealed class CapabilityException : StoreException
{
    /// <summary>Describes what was asked of which backend.</summary>
    /// <param name="backend">The backend's name.</param>
    /// <param name="capability">What it cannot do, as a noun.</param>
    /// <param name="advice">What to do instead, as a sentence.</param>
    public CapabilityException(string backend, string capability, string advice)
        : base(StoreErrorKind.Unsupported, $"The backend '{backend}' does not offer {capability}. {advice}")
    {
        Backend = backend;
        Capability = capability;
    }

    /// <summary>What the backend cannot do.</summary>
    public string Capability { get; }
}
