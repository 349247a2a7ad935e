using System.Text;

namespace Undercroft.Stories;

/// <summary>Text as Twine 1 writes it: line breaks, tabs and backslashes escaped, letters turned by rot13 or not.
/// </summary>
internal static class Twine1Text
{
    /// <summary>Undoes the escapes <c>\n</c>, <c>\t</c> and <c>\s</c>; any other backslash stands for itself.</summary>
    public static string Unescape(string text)
    {
        var at = text.IndexOf('\\', StringComparison.Ordinal);
        if (at < 0)
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        var from = 0;
        for (; at >= 0 && at + 1 < text.Length; at = text.IndexOf('\\', from))
        {
            char? meant = text[at + 1] switch
            {
                'n' => '\n',
                't' => '\t',
                's' => '\\',
                _ => null,
            };
            _ = plain.Append(text, from, at - from).Append(meant ?? '\\');
            from = at + (meant is null ? 1 : 2);
        }

        return plain.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>Turns every Latin letter by half the alphabet, which undoes itself.</summary>
    public static string Turn(string text) => string.Create(text.Length, text, static (turned, source) =>
    {
        for (var i = 0; i < turned.Length; i++)
        {
            var c = source[i];
            var first = c is >= 'a' and <= 'z' ? 'a' : c is >= 'A' and <= 'Z' ? 'A' : '\0';
            turned[i] = first == '\0' ? c : (char)(first + ((c - first + 13) % 26));
        }
    });
}
