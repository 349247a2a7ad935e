using System.Text;

namespace Undercroft.Stories;

/// <summary>How Twine HTML writes scripts and stylesheets: as raw text, which must not hold its own end tag.</summary>
internal static class HtmlCode
{
    public static string Element(PassageKind kind) => kind == PassageKind.Script ? "<script" : "<style";

    public static string EndTag(PassageKind kind) => kind == PassageKind.Script ? "</script>" : "</style>";

    /// <summary>The start tag without its end.</summary>
    public static string Opening(PassageKind kind) => kind == PassageKind.Script
        ? "<script role=\"script\" id=\"twine-user-script\" type=\"text/twine-javascript\""
        : "<style role=\"stylesheet\" id=\"twine-user-stylesheet\" type=\"text/twine-css\"";

    /// <summary>The code with every end tag of its own kind broken by a backslash, which strings of JS and CSS
    /// ignore.</summary>
    public static string Writable(Passage passage)
    {
        var code = passage.Body;
        var end = passage.Kind == PassageKind.Script ? "</script" : "</style";
        StringBuilder? broken = null;
        var from = 0;
        for (var at = code.IndexOf(end, StringComparison.OrdinalIgnoreCase); at >= 0;)
        {
            var after = at + end.Length;
            if (after < code.Length && HtmlTag.IsAt(code.AsSpan(at), end))
            {
                broken ??= new StringBuilder(code.Length + 8);
                _ = broken.Append(code, from, at - from).Append("<\\/");
                from = at + 2;
            }

            at = code.IndexOf(end, after, StringComparison.OrdinalIgnoreCase);
        }

        return broken is null ? code : broken.Append(code, from, code.Length - from).ToString();
    }
}
