namespace Undercroft.Stories;

/// <summary>Values that are either there or not: an empty text in a file says the same as none.</summary>
internal static class Optional
{
    public static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;

    public static PassagePoint? Point(string? value) => string.IsNullOrEmpty(value) ? null : new PassagePoint(value);
}
