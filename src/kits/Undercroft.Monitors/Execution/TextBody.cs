using System.Net.Http.Headers;
using System.Text;

namespace Undercroft.Monitors;

/// <summary>Reads the body of a response as text, in the encoding its server names.</summary>
internal static class TextBody
{
    /// <summary>Reads it: as UTF-8 where it begins with that mark, or where no encoding is named that is known.
    /// </summary>
    public static string Read(HttpExchange exchange)
    {
        var text = JsonBody.WithoutMark(exchange.Body);
        var encoding = text.Length == exchange.Body.Length ? Named(exchange) : null;
        return (encoding ?? Encoding.UTF8).GetString(text.Span);
    }

    private static Encoding? Named(HttpExchange exchange)
    {
        if (!exchange.Headers.TryGetValue("Content-Type", out var header)
            || !MediaTypeHeaderValue.TryParse(header, out var type)
            || type.CharSet?.Trim('"') is not { Length: > 0 } name)
        {
            return null;
        }

        try
        {
            // Those of .NET itself, and then the old ones of single systems, which it leaves out.
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
