namespace Undercroft.Stories;

/// <summary>The text of an entry of a list of passages: an object, or a member whose value is one.</summary>
internal static class EntryText
{
    /// <summary>Where the object begins.</summary>
    public static int ObjectStart(string raw) => raw[0] == '"' ? raw.Length - ValueOf(raw).Length : 0;

    /// <summary>Whether it holds an object.</summary>
    public static bool IsObject(string raw) => raw[0] == '{' || (raw[0] == '"' && ValueOf(raw).StartsWith('{'));

    /// <summary>The name of the member.</summary>
    public static string KeyOf(string raw) => JsonScan.Members($"{{{raw}}}", 0)[0].Name;

    private static ReadOnlySpan<char> ValueOf(string raw)
    {
        var end = JsonScan.SkipValue(raw, 0);
        var colon = JsonScan.SkipSpace(raw, end);
        return colon < raw.Length && raw[colon] == ':' ? raw.AsSpan(JsonScan.SkipSpace(raw, colon + 1)) : [];
    }
}
