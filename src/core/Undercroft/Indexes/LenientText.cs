using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Undercroft.Indexes;

/// <summary>Reads a string of JSON whatever it holds: what is no character becomes U+FFFD. A document that nobody can
/// read whole must not hide the others from a query.</summary>
internal static class LenientText
{
    /// <summary>Gives the UTF-8 of the string or name that a reader stands on.</summary>
    public static byte[] Read(ref Utf8JsonReader reader)
    {
        var written = Encoding.UTF8.GetString(reader.ValueSpan);
        var text = new StringBuilder(written.Length);
        for (var at = 0; at < written.Length; at++)
        {
            if (written[at] != '\\')
            {
                text.Append(written[at]);
                continue;
            }

            at++;
            text.Append(written[at] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => Unit(written, ref at),
                var other => other,
            });
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static char Unit(string written, ref int at)
    {
        var digits = written.AsSpan(at + 1, 4);
        at += 4;
        return (char)ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
