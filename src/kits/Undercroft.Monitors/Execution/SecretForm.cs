using System.Globalization;
using System.Text;

namespace Undercroft.Monitors;

/// <summary>Finds a secret in a text, each of its characters written plainly or as URLs, JSON or HTML escape it.
/// </summary>
internal sealed class SecretForm
{
    private readonly Part[] parts;

    public SecretForm(string text)
    {
        Text = text;
        parts = [.. text.EnumerateRunes().Select(static rune => new Part(rune))];
    }

    public string Text { get; }

    /// <summary>Looks whether the secret begins here.</summary>
    /// <returns>Where it ends; null where it does not begin here.</returns>
    public int? MatchAt(string text, int at) => Match(text, at, 0);

    private int? Match(string text, int at, int part)
    {
        while (part < parts.Length)
        {
            var one = parts[part];
            if (one.IsBackslash)
            {
                // Each layer of JSON doubles them; a run of them is one.
                var wanted = 1;
                while (part + wanted < parts.Length && parts[part + wanted].IsBackslash)
                {
                    wanted++;
                }

                var found = RunOf(text, at, '\\');
                if (found >= wanted && Match(text, at + found, part + wanted) is { } whole)
                {
                    return whole;
                }
            }

            if (one.IsPercent && at < text.Length && text[at] == '%')
            {
                // Each layer of a URL makes %25 of it, and what follows may begin with 25 too.
                for (var layers = LayersOf(text, at + 1); layers > 0; layers--)
                {
                    if (Match(text, at + 1 + (2 * layers), part + 1) is { } whole)
                    {
                        return whole;
                    }
                }
            }

            var plain = one.Plain(text, at);
            var escaped = one.Escaped(text, at);
            if (plain is { } end && escaped is { } other && end != other)
            {
                return Match(text, other, part + 1) ?? Match(text, end, part + 1);
            }

            if ((plain ?? escaped) is not { } next)
            {
                return null;
            }

            (at, part) = (next, part + 1);
        }

        return at;
    }

    private static int RunOf(string text, int at, char what)
    {
        var count = 0;
        while (at + count < text.Length && text[at + count] == what)
        {
            count++;
        }

        return count;
    }

    private static int LayersOf(string text, int at)
    {
        var count = 0;
        while (at + (2 * count) + 1 < text.Length && text[at + (2 * count)] == '2' && text[at + (2 * count) + 1] == '5')
        {
            count++;
        }

        return count;
    }

    /// <summary>One character, and how it may be written.</summary>
    private sealed class Part(Rune rune)
    {
        private readonly string plain = rune.ToString();
        private readonly string[] percents =
            [.. Encoding.UTF8.GetBytes(rune.ToString()).Select(static one => one.ToString("X2", null))];

        private readonly string[] entities =
        [
            .. Named(rune),
            string.Create(CultureInfo.InvariantCulture, $"#{rune.Value};"),
            string.Create(CultureInfo.InvariantCulture, $"#x{rune.Value:X};"),
        ];

        // After a backslash: what JSON has for it, and always its number.
        private readonly char? letter = rune.Value switch
        {
            '"' or '/' or '\'' => (char)rune.Value,
            '\b' => 'b',
            '\f' => 'f',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            _ => null,
        };

        public bool IsBackslash => rune.Value == '\\';

        public bool IsPercent => rune.Value == '%';

        public int? Plain(string text, int at) => StartsWith(text, at, plain) ? at + plain.Length : null;

        public int? Escaped(string text, int at) => at >= text.Length ? null : text[at] switch
        {
            '%' when !IsPercent => Percent(text, at),
            '+' => rune.Value == ' ' ? at + 1 : null,
            '&' => Entity(text, at),
            '\\' => Backslash(text, at),
            _ => null,
        };

        private int? Percent(string text, int at)
        {
            foreach (var one in percents)
            {
                if (at >= text.Length || text[at] != '%')
                {
                    return null;
                }

                // A percent sign that was escaped again is %25.
                at++;
                at += 2 * LayersOf(text, at);
                if (!StartsWith(text, at, one))
                {
                    return null;
                }

                at += one.Length;
            }

            return at;
        }

        private int? Entity(string text, int at)
        {
            // The ampersand may be escaped again, and a number have zeros in front.
            at++;
            while (!StartsWith(text, at, entities[0]) && StartsWith(text, at, "amp;"))
            {
                at += 4;
            }

            foreach (var entity in entities)
            {
                var end = at;
                var rest = entity;
                if (entity[0] == '#')
                {
                    var lead = entity[1] == 'x' ? 2 : 1;
                    if (!StartsWith(text, end, entity[..lead]))
                    {
                        continue;
                    }

                    (end, rest) = (end + lead, entity[lead..]);
                    end += RunOf(text, end, '0');
                }

                if (StartsWith(text, end, rest))
                {
                    return end + rest.Length;
                }
            }

            return null;
        }

        private int? Backslash(string text, int at)
        {
            at += RunOf(text, at, '\\');
            if (letter is { } known && at < text.Length && text[at] == known)
            {
                return at + 1;
            }

            foreach (var unit in plain)
            {
                at += RunOf(text, at, '\\');
                var code = string.Create(CultureInfo.InvariantCulture, $"u{(int)unit:X4}");
                if (!StartsWith(text, at, code))
                {
                    return null;
                }

                at += code.Length;
            }

            return at;
        }

        private static IEnumerable<string> Named(Rune rune) => rune.Value switch
        {
            '&' => ["amp;"],
            '<' => ["lt;"],
            '>' => ["gt;"],
            '"' => ["quot;"],
            '\'' => ["apos;"],
            _ => [],
        };

        private static bool StartsWith(string text, int at, string part) =>
            at <= text.Length && text.AsSpan(at).StartsWith(part, StringComparison.OrdinalIgnoreCase);
    }
}
