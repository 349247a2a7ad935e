using System.Globalization;

namespace Undercroft.Servers;

/// <summary>What a fault has come to.</summary>
/// <param name="Acknowledged">How many commits were acknowledged.</param>
/// <param name="Lost">How many of them are not there.</param>
/// <param name="Repeated">How many were answered out of the store's memory: they had happened, and nobody had heard.
/// </param>
/// <param name="Refused">How often a caller was told to try again, and did.</param>
/// <param name="Rescans">How often the follower's cursor had expired, and it began anew.</param>
/// <param name="LongestWait">The longest that a caller waited for one commit.</param>
public sealed record FaultTally(
    int Acknowledged, int Lost, int Repeated, int Refused, int Rescans, TimeSpan LongestWait)
{
    /// <summary>Says it in a line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Acknowledged} acknowledged, {Lost} lost, {Repeated} had happened unheard, {Refused} told to try again, "
        + $"{Rescans} rescans, longest wait {LongestWait.TotalSeconds:f1} s");
}
