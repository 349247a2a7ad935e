using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Undercroft.Indexes;

/// <summary>Reads back what <see cref="IndexKeyWriter"/> wrote, value by value.</summary>
public ref struct IndexKeyReader
{
    private ReadOnlySpan<byte> rest;

    /// <summary>Reads a key from its beginning.</summary>
    public IndexKeyReader(ReadOnlySpan<byte> key) => rest = key;

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsAtEnd => rest.IsEmpty;

    /// <summary>Reads the next value.</summary>
    /// <param name="isDescending">Whether it was written downwards.</param>
    /// <exception cref="FormatException">The bytes are no encoded value.</exception>
    public FieldValue Read(bool isDescending = false)
    {
        var length = LengthOf(rest, isDescending);
        if (length <= 0)
        {
            var shown = Convert.ToHexStringLower(rest[..Math.Min(rest.Length, 16)]);
            throw new FormatException($"The bytes {shown} are no value of an index key.");
        }

        var value = rest[..length];
        rest = rest[length..];
        if (!isDescending)
        {
            return Decode(value);
        }

        var upwards = new byte[length];
        for (var i = 0; i < length; i++)
        {
            upwards[i] = (byte)~value[i];
        }

        return Decode(upwards);
    }

    /// <summary>Describes a key of an index for people: <c>("Ann", 42)</c>.</summary>
    public static string Describe(IndexDefinition index, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(index);
        var reader = new IndexKeyReader(key);
        var values = new List<string>();
        while (!reader.IsAtEnd && values.Count < index.Fields.Count)
        {
            values.Add(reader.Read(index.Fields[values.Count].IsDescending).ToString());
        }

        return $"({string.Join(", ", values)})";
    }

    /// <summary>The length of the first value of a key; zero or less where there is none.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> key, bool isDescending)
    {
        if (key.IsEmpty)
        {
            return 0;
        }

        var flip = isDescending ? (byte)0xFF : (byte)0;
        var length = (byte)(key[0] ^ flip) switch
        {
            KeyTag.Null or KeyTag.False or KeyTag.True or KeyTag.Zero or KeyTag.Object => 1,
            KeyTag.Time => 1 + sizeof(long),
            KeyTag.String => 2 + key[1..].IndexOf((byte)(KeyTag.End ^ flip)),
            KeyTag.Positive => NumberLength(key, (byte)(KeyTag.End ^ flip), flip),
            KeyTag.Negative => NumberLength(key, (byte)(KeyTag.End ^ flip ^ 0xFF), (byte)(flip ^ 0xFF)),
            _ => 0,
        };
        return length > key.Length || length == 1 && key[0] == (KeyTag.String ^ flip) ? 0 : length;
    }

    /// <summary>Reads one value that was written upwards.</summary>
    internal static FieldValue Decode(ReadOnlySpan<byte> value) => value[0] switch
    {
        KeyTag.False => FieldValue.From(false),
        KeyTag.True => FieldValue.From(true),
        KeyTag.Zero => FieldValue.From(0L),
        KeyTag.Negative or KeyTag.Positive => FieldValue.Number(DecodeNumber(value)),
        KeyTag.String => FieldValue.From(Encoding.UTF8.GetString(Unescape(value[1..^1]))),
        KeyTag.Time => FieldValue.From(
            new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(value[1..]), TimeSpan.Zero)),
        KeyTag.Object => FieldValue.AnyObject,
        _ => FieldValue.Null,
    };

    // After the tag come the exponent, as long as its first byte says, and digits up to their end.
    private static int NumberLength(ReadOnlySpan<byte> key, byte end, byte flip)
    {
        var digits = key.Length < 2 ? key.Length : 2 + ExponentBytes((byte)(key[1] ^ flip));
        var length = digits >= key.Length ? -1 : key[digits..].IndexOf(end);
        return length < 0 ? 0 : digits + length + 1;
    }

    private static int ExponentBytes(byte first) => first switch
    {
        < 0x40 => 0x40 - first,
        > 0xBF => first - 0xBF,
        _ => 0,
    };

    private static string DecodeNumber(ReadOnlySpan<byte> value)
    {
        var isNegative = value[0] == KeyTag.Negative;
        var flip = isNegative ? (byte)0xFF : (byte)0;
        var first = (byte)(value[1] ^ flip);
        var extra = ExponentBytes(first);
        var exponent = extra == 0 ? first - 0x80L : 0;
        for (var i = 0; i < extra; i++)
        {
            exponent = (exponent << 8) | (byte)(value[2 + i] ^ flip ^ (first < 0x40 ? 0xFF : 0));
        }

        exponent = extra > 0 && first < 0x40 ? -exponent : exponent;
        var digits = new StringBuilder();
        foreach (var pair in value[(2 + extra)..^1])
        {
            _ = digits.Append(CultureInfo.InvariantCulture, $"{(pair ^ flip) - 1:00}");
        }

        return (isNegative ? "-" : "") + Write(digits.ToString().TrimEnd('0'), exponent);
    }

    // Plainly where that stays short, else with an exponent.
    private static string Write(string digits, long exponent)
    {
        if (exponent is > 0 and <= 21)
        {
            return digits.Length <= exponent
                ? digits.PadRight((int)exponent, '0')
                : digits.Insert((int)exponent, ".");
        }

        if (exponent is <= 0 and > -7)
        {
            return "0." + new string('0', (int)-exponent) + digits;
        }

        var mantissa = digits.Length == 1 ? digits : digits.Insert(1, ".");
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{exponent - 1}");
    }

    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        if (!text.Contains(KeyTag.Escape))
        {
            return text;
        }

        var plain = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            plain.Add(text[i] == KeyTag.Escape && i + 1 < text.Length ? (byte)(text[++i] - 1) : text[i]);
        }

        return plain.ToArray();
    }
}
