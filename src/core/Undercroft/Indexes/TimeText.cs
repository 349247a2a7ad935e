using System.Globalization;

namespace Undercroft.Indexes;

/// <summary>Reads and writes instants as ISO 8601 text, the same on every machine.</summary>
internal static class TimeText
{
    private const int DateLength = 10;

    /// <summary>Writes an instant in UTC, without needless digits.</summary>
    public static string Write(DateTimeOffset value) =>
        value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads <c>2024-05-01</c>, <c>2024-05-01T10:30</c>, <c>2024-05-01T10:30:00.5+02:00</c>. Without an offset
    /// it is UTC; digits beyond 100 nanoseconds are cut.</summary>
    /// <returns>Whether it is such a text and within the years 1 to 9999.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, out DateTimeOffset value)
    {
        value = default;
        if (text.Length < DateLength || text[4] != '-' || text[7] != '-' ||
            !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) ||
            !TryDigits(text[8..10], out var day) ||
            year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        var ticks = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks;
        if (text.Length > DateLength)
        {
            if (text[DateLength] is not ((byte)'T' or (byte)'t') || !TryTime(text[(DateLength + 1)..], out var time))
            {
                return false;
            }

            ticks += time;
        }

        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        value = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    // Hours and minutes, perhaps seconds, perhaps a fraction, perhaps an offset, which is taken off.
    private static bool TryTime(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (!TryHoursAndMinutes(ref text, out ticks))
        {
            return false;
        }

        if (text.Length >= 3 && text[0] == ':')
        {
            if (!TryDigits(text[1..3], out var seconds) || seconds > 59)
            {
                return false;
            }

            ticks += seconds * TimeSpan.TicksPerSecond;
            text = text[3..];
            if (!text.IsEmpty && text[0] is (byte)'.' or (byte)',' && !TryFraction(ref text, ref ticks))
            {
                return false;
            }
        }

        if (text.IsEmpty || (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z'))
        {
            return true;
        }

        var sign = text[0] switch { (byte)'+' => 1, (byte)'-' => -1, _ => 0 };
        text = text[1..];
        if (sign == 0 || !TryHoursAndMinutes(ref text, out var offset) || !text.IsEmpty)
        {
            return false;
        }

        ticks -= sign * offset;
        return true;
    }

    private static bool TryHoursAndMinutes(ref ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.Length < 5 || text[2] != ':' || !TryDigits(text[..2], out var hours) ||
            !TryDigits(text[3..5], out var minutes) || hours > 23 || minutes > 59)
        {
            return false;
        }

        ticks = (hours * TimeSpan.TicksPerHour) + (minutes * TimeSpan.TicksPerMinute);
        text = text[5..];
        return true;
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> text, ref long ticks)
    {
        var length = 1;
        var unit = TimeSpan.TicksPerSecond;
        while (length < text.Length && char.IsAsciiDigit((char)text[length]))
        {
            unit /= 10;
            ticks += unit * (text[length] - '0');
            length++;
        }

        text = text[length..];
        return length > 1;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            value = (10 * value) + digit - '0';
        }

        return true;
    }
}
