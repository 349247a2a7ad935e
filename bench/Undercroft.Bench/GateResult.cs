using System.Globalization;

namespace Undercroft.Bench;

/// <summary>What a gate came to.</summary>
internal sealed record GateResult(
    Gate Gate,
    double Ratio,
    double RatioLow,
    double RatioHigh,
    double OursPerSecond,
    double FloorPerSecond,
    double OursBytesEach,
    double FloorBytesEach)
{
    public bool Holds => (Gate.IsSpeedUp ? Ratio >= Gate.Limit : Ratio <= Gate.Limit)
        && (Gate.BytesMax is not { } max || OursBytesEach <= max);

    public static string Header =>
        "| gate | ratio (low … high) | must be | ours /s | floor /s | ours B/op | floor B/op | holds |\n" +
        "|---|---|---|---:|---:|---:|---:|---|";

    public static GateResult Of(Gate gate, Contest contest, Turn[] ours, Turn[] floor)
    {
        var ratios = ours
            .Zip(floor, (a, b) => a.Spent / b.Spent * contest.FloorCount / contest.OursCount)
            .Select(ratio => gate.IsSpeedUp ? 1 / ratio : ratio)
            .Order()
            .ToArray();
        return new GateResult(
            gate,
            ratios[ratios.Length / 2],
            ratios[0],
            ratios[^1],
            contest.OursCount / Median(ours, static turn => turn.Spent.TotalSeconds),
            contest.FloorCount / Median(floor, static turn => turn.Spent.TotalSeconds),
            Median(ours, static turn => turn.Allocated) / contest.OursCount,
            Median(floor, static turn => turn.Allocated) / contest.FloorCount);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Gate.Name}: {Gate.Claim} | {Ratio:0.00} ({RatioLow:0.00} … {RatioHigh:0.00}) " +
        $"| {(Gate.IsSpeedUp ? "≥" : "≤")} {Gate.Limit:0.0#}{Bytes} | {OursPerSecond:N0} | {FloorPerSecond:N0} " +
        $"| {OursBytesEach:N0} | {FloorBytesEach:N0} | {(Holds ? "yes" : "NO")} |");

    private string Bytes => Gate.BytesMax is { } max
        ? string.Create(CultureInfo.InvariantCulture, $", ≤ {max:N0} B/op")
        : "";

    private static double Median(Turn[] turns, Func<Turn, double> of) =>
        turns.Select(of).Order().ElementAt(turns.Length / 2);
}
