namespace Undercroft.Monitors;

/// <summary>How locations are named: they are parts of the names of queues.</summary>
internal static class LocationName
{
    private const int LengthMax = 64;

    /// <summary>Says what is wrong with a name; null where nothing is.</summary>
    public static string? Problem(string name) =>
        name.Length is > 0 and <= LengthMax
        && name.All(static sign => char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign) || sign is '-' or '_')
            ? null
            : $"the location {Names.Show(name)} is no name; expected 1 to {LengthMax} of a-z, 0-9, '-' and '_'.";

    /// <summary>Refuses a name that is none.</summary>
    /// <exception cref="ArgumentException">It is no name.</exception>
    public static string Check(string name, string parameter) => Problem(name) is { } problem
        ? throw new ArgumentException(char.ToUpperInvariant(problem[0]) + problem[1..], parameter)
        : name;
}
