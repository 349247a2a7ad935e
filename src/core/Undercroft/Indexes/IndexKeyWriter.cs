using System.Buffers.Binary;
using System.Text;

namespace Undercroft.Indexes;

/// <summary>Writes values so that the order of the bytes is the order of the values: null, false, true, numbers,
/// strings, times, objects; tuples by their first difference.</summary>
/// <remarks>
/// The encoding is a format: <c>docs/reference/index-encoding.md</c> describes it, golden tests pin it. No encoded
/// value is the beginning of another, so values written one behind the other compare as tuples. Reusable after
/// <see cref="Clear"/>; not for several threads at once.
/// </remarks>
public sealed class IndexKeyWriter
{
    private byte[] bytes;
    private int start;

    /// <summary>Makes an empty writer.</summary>
    /// <param name="capacity">The bytes to have room for at first.</param>
    public IndexKeyWriter(int capacity = 64)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        bytes = new byte[Math.Max(capacity, 16)];
    }

    /// <summary>The bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    /// <summary>Whether what is written next sorts downwards.</summary>
    public bool IsDescending { get; set; }

    /// <summary>Encodes one string, upwards.</summary>
    public static byte[] EncodeString(string value)
    {
        var writer = new IndexKeyWriter((value?.Length ?? 0) + 2);
        writer.WriteString(value.AsSpan());
        return writer.Written.ToArray();
    }

    /// <summary>Forgets what was written and sorts upwards again.</summary>
    public void Clear()
    {
        Length = 0;
        IsDescending = false;
    }

    /// <summary>Writes null.</summary>
    public void WriteNull() => WriteTag(KeyTag.Null);

    /// <summary>Writes false or true.</summary>
    public void WriteBoolean(bool value) => WriteTag(value ? KeyTag.True : KeyTag.False);

    /// <summary>Writes what stands for any object.</summary>
    public void WriteObject() => WriteTag(KeyTag.Object);

    /// <summary>Writes a number as it stands in JSON, exactly: <c>1</c>, <c>1.0</c> and <c>1e0</c> are one value, and
    /// so are <c>0</c> and <c>-0</c>.</summary>
    /// <param name="json">A valid JSON number. An exponent beyond ±10¹⁷ counts as ±10¹⁷.</param>
    public void WriteNumber(ReadOnlySpan<byte> json)
    {
        var number = DecimalDigits.Parse(json);
        if (number.IsZero)
        {
            WriteTag(KeyTag.Zero);
            return;
        }

        Begin(number.Digits.Length + 16);
        Put(number.IsNegative ? KeyTag.Negative : KeyTag.Positive);
        var magnitude = Length;
        WriteExponent(number.Exponent);
        WriteDigits(number.Digits);
        if (number.IsNegative)
        {
            Complement(magnitude);
        }

        Finish();
    }

    /// <summary>Writes a whole number.</summary>
    public void WriteNumber(long value)
    {
        Span<byte> text = stackalloc byte[20];
        _ = value.TryFormat(text, out var length, default, System.Globalization.CultureInfo.InvariantCulture);
        WriteNumber(text[..length]);
    }

    /// <summary>Writes a string.</summary>
    /// <param name="utf8">Its UTF-8 bytes.</param>
    public void WriteString(ReadOnlySpan<byte> utf8)
    {
        Begin(utf8.Length + 2);
        Put(KeyTag.String);
        WriteEscaped(utf8);
        Put(KeyTag.End);
        Finish();
    }

    /// <summary>Writes a string.</summary>
    /// <param name="value">Valid Unicode; half a surrogate pair is replaced by U+FFFD.</param>
    public void WriteString(ReadOnlySpan<char> value)
    {
        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (size <= 512)
        {
            Span<byte> small = stackalloc byte[size];
            WriteString(small[..Encoding.UTF8.GetBytes(value, small)]);
            return;
        }

        var utf8 = new byte[Encoding.UTF8.GetByteCount(value)];
        WriteString(utf8.AsSpan(0, Encoding.UTF8.GetBytes(value, utf8)));
    }

    /// <summary>Writes an instant.</summary>
    public void WriteTime(DateTimeOffset value)
    {
        Begin(9);
        Put(KeyTag.Time);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(Length), value.UtcTicks);
        Length += sizeof(long);
        Finish();
    }

    /// <summary>Writes a value.</summary>
    public void WriteValue(FieldValue value)
    {
        switch (value.Kind)
        {
            case FieldValueKind.Boolean:
                WriteBoolean(value.Boolean);
                break;
            case FieldValueKind.Number:
                WriteNumber(Encoding.ASCII.GetBytes(value.Text));
                break;
            case FieldValueKind.Text:
                WriteString(value.Text.AsSpan());
                break;
            case FieldValueKind.Time:
                WriteTime(value.Time);
                break;
            case FieldValueKind.AnyObject:
                WriteObject();
                break;
            default:
                WriteNull();
                break;
        }
    }

    /// <summary>Writes one value that was encoded before, upwards.</summary>
    internal void WriteEncoded(ReadOnlySpan<byte> encoded)
    {
        Begin(encoded.Length);
        encoded.CopyTo(bytes.AsSpan(Length));
        Length += encoded.Length;
        Finish();
    }

    /// <summary>Gives back the room of unusually large documents.</summary>
    internal void Trim(int capacityMax)
    {
        if (bytes.Length > capacityMax)
        {
            bytes = new byte[64];
            Length = 0;
        }
    }

    private void WriteTag(byte tag)
    {
        Begin(1);
        Put(tag);
        Finish();
    }

    private void WriteEscaped(ReadOnlySpan<byte> utf8)
    {
        while (utf8.IndexOfAnyInRange(KeyTag.End, KeyTag.Escape) is var at and >= 0)
        {
            utf8[..at].CopyTo(bytes.AsSpan(Length));
            Length += at;
            Reserve(utf8.Length - at + 2);
            Put(KeyTag.Escape);
            Put((byte)(utf8[at] + 1));
            utf8 = utf8[(at + 1)..];
        }

        utf8.CopyTo(bytes.AsSpan(Length));
        Length += utf8.Length;
    }

    // One byte from -64 to 63; else a byte that says how many follow, more of them further out.
    private void WriteExponent(long exponent)
    {
        if (exponent is >= -64 and < 64)
        {
            Put((byte)(0x80 + exponent));
            return;
        }

        Span<byte> magnitude = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(magnitude, Math.Abs(exponent));
        magnitude = magnitude[magnitude.IndexOfAnyExcept((byte)0)..];
        Put((byte)(exponent > 0 ? 0xBF + magnitude.Length : 0x40 - magnitude.Length));
        var first = Length;
        magnitude.CopyTo(bytes.AsSpan(Length));
        Length += magnitude.Length;
        if (exponent < 0)
        {
            Complement(first);
        }
    }

    // Two digits a byte, from 1 to 100; the end is below all of them, so that fewer digits sort first.
    private void WriteDigits(ReadOnlySpan<byte> digits)
    {
        var high = -1;
        foreach (var digit in digits)
        {
            if (digit == '.')
            {
                continue;
            }

            if (high < 0)
            {
                high = digit - '0';
                continue;
            }

            Put((byte)((10 * high) + digit - '0' + 1));
            high = -1;
        }

        if (high >= 0)
        {
            Put((byte)((10 * high) + 1));
        }

        Put(KeyTag.End);
    }

    private void Begin(int room)
    {
        Reserve(room);
        start = Length;
    }

    private void Finish()
    {
        if (IsDescending)
        {
            Complement(start);
        }
    }

    private void Complement(int from)
    {
        var span = bytes.AsSpan(from, Length - from);
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = (byte)~span[i];
        }
    }

    private void Put(byte value) => bytes[Length++] = value;

    private void Reserve(int room)
    {
        if (bytes.Length - Length < room)
        {
            Array.Resize(ref bytes, Math.Max(Length + room, 2 * bytes.Length));
        }
    }
}
