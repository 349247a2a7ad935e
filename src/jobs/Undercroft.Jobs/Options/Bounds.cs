using System.Globalization;

namespace Undercroft.Jobs;

/// <summary>Refuses values out of their range, where they are set.</summary>
internal static class Bounds
{
    /// <summary>The longest time anything may take or be kept.</summary>
    public static TimeSpan TimeMax { get; } = TimeSpan.FromDays(3650);

    public static int Check(int value, int min, int max, string name) => value >= min && value <= max
        ? value
        : throw new ArgumentOutOfRangeException(
            name,
            value,
            string.Create(CultureInfo.InvariantCulture, $"{name} is out of range; expected {min} to {max}."));

    public static TimeSpan Check(TimeSpan value, TimeSpan min, TimeSpan max, string name) =>
        value >= min && value <= max
        ? value
        : throw new ArgumentOutOfRangeException(
            name, value,
            string.Create(CultureInfo.InvariantCulture, $"{name} is out of range; expected {min:g} to {max:g}."));
}
