using System.Globalization;

namespace Undercroft.Backends;

/// <summary>Checks the settings of stores, with one sentence for all that are wrong.</summary>
public static class StoreSetting
{
    private const string ExpectedKey = "Undercroft.Expected";

    private static readonly (string Unit, double Seconds)[] Units =
        [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800)];

    /// <summary>Refuses a setting that makes no sense.</summary>
    /// <param name="holds">Whether it makes sense.</param>
    /// <param name="options">The name of the options' class.</param>
    /// <param name="setting">The name of the property; the error's <see cref="ArgumentException.ParamName"/>.</param>
    /// <param name="found">What it is. It is shown: give no secret.</param>
    /// <param name="expected">What it may be.</param>
    /// <exception cref="ArgumentException">It makes none.</exception>
    public static void Require(bool holds, string options, string setting, object? found, string expected)
    {
        if (!holds)
        {
            var error = new ArgumentException(
                $"The setting '{options}.{setting}' is " +
                $"{Names.Show(Convert.ToString(found, CultureInfo.InvariantCulture))}; expected {expected}.",
                setting);
            error.Data[ExpectedKey] = expected;
            throw error;
        }
    }

    /// <summary>What <see cref="Require"/> expected; null where the error is another's.</summary>
    internal static string? ExpectedOf(ArgumentException error) => error.Data[ExpectedKey] as string;

    /// <summary>Reads a length of time as people write it: a number and a unit (<c>500ms</c>, <c>30s</c>, <c>5m</c>,
    /// <c>12h</c>, <c>7d</c>, <c>2w</c>), or days, hours, minutes and seconds (<c>00:01:30</c>, <c>1.00:00:00</c>). A
    /// number alone is none: nobody can say what it counts.</summary>
    /// <param name="text">The text; null is no time.</param>
    /// <param name="duration">The time, not negative; zero where the text is none.</param>
    /// <returns>Whether the text is a time.</returns>
    public static bool TryReadDuration(string? text, out TimeSpan duration)
    {
        duration = default;
        text = text?.Trim() ?? "";
        foreach (var (unit, seconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) &&
                double.TryParse(
                    text.AsSpan(0, text.Length - unit.Length),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var count))
            {
                var isTime = count * seconds <= TimeSpan.MaxValue.TotalSeconds / 2;
                duration = isTime ? TimeSpan.FromSeconds(count * seconds) : default;
                return isTime;
            }
        }

        // The format takes a number alone for days, and two numbers for hours and minutes or for days and hours.
        return text.AsSpan().Count(':') == 2 && !text.StartsWith('-') &&
            TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration);
    }
}
