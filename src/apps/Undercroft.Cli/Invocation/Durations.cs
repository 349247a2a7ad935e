using System.Globalization;

namespace Undercroft.Cli.Invocation;

/// <summary>Reads spans of time as people write them: <c>7d</c>, <c>12h</c>, <c>30m</c>, <c>10s</c>, <c>500ms</c>.
/// </summary>
internal static class Durations
{
    private static readonly (string Unit, double Seconds)[] Units =
        [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800)];

    private static readonly TimeSpan Max = TimeSpan.FromDays(365_000);

    public static TimeSpan Read(string text, string option)
    {
        foreach (var (unit, seconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(
                    text.AsSpan(0, text.Length - unit.Length),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var count))
            {
                return count <= Max.TotalSeconds / seconds
                    ? TimeSpan.FromSeconds(count * seconds)
                    : throw new CliException(
                        ExitCode.Usage, $"{option} is {Names.Show(text)}; expected at most {Max.TotalDays:0}d.");
            }
        }

        throw new CliException(
            ExitCode.Usage,
            $"{option} is {Names.Show(text)}; expected a number and a unit: ms, s, m, h, d or w, as in 7d.");
    }

    /// <summary>Reads a span above zero.</summary>
    public static TimeSpan ReadPositive(string text, string option) =>
        Read(text, option) is { Ticks: > 0 } span
            ? span
            : throw new CliException(
                ExitCode.Usage, $"{option} is {Names.Show(text)}; expected a time above zero, as in 7d.");
}
