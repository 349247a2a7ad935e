namespace Undercroft.Bench;

/// <summary>A claim about speed: our work against a floor on the same machine, in the same run.</summary>
/// <param name="Name">What is compared, as people ask for it on the command line.</param>
/// <param name="Claim">The claim in words.</param>
/// <param name="Limit">The ratio that must hold.</param>
/// <param name="IsSpeedUp">Whether the ratio is floor time over our time, to be at least the limit; otherwise it is our
/// time over the floor's, to be at most the limit.</param>
/// <param name="Prepare">Sets both sides up.</param>
internal sealed record Gate(
    string Name, string Claim, double Limit, bool IsSpeedUp, Func<GateContext, ValueTask<Contest>> Prepare)
{
    /// <summary>How many bytes our side may allocate for each; null where nothing is claimed.</summary>
    public double? BytesMax { get; init; }
}
