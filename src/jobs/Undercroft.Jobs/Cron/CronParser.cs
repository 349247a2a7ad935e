using System.Globalization;

namespace Undercroft.Jobs;

/// <summary>Reads the text of a cron expression.</summary>
/// <param name="text">All of it, for the messages.</param>
internal sealed class CronParser(string text)
{
    private const int TextMax = 500;

    private string part = "";
    private int at;
    private CronFields marks = new();

    private char Peek => at < part.Length ? char.ToUpperInvariant(part[at]) : '\0';

    public CronFields Parse()
    {
        if (text.Length > TextMax)
        {
            throw new ArgumentException(
                $"The cron expression has {text.Length} characters; expected at most {TextMax}. Shorten it.",
                nameof(text));
        }

        var source = Expand(text.Trim());
        var parts = source.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is not (5 or 6))
        {
            throw new ArgumentException(
                $"The cron expression {Names.Show(text)} has {parts.Length} " +
                $"{(parts.Length == 1 ? "field" : "fields")}; expected 5 (minute, hour, day of month, month, day of " +
                "week), or 6 with the second in front. Correct it, as in '*/5 * * * *'.",
                nameof(text));
        }

        // The fields first: reading them marks more than their bits.
        var first = parts.Length - 5;
        var seconds = first == 0 ? 1UL : Field(parts[0], CronField.Second);
        var minutes = Field(parts[first], CronField.Minute);
        var hours = Field(parts[first + 1], CronField.Hour);
        var days = Field(parts[first + 2], CronField.DayOfMonth);
        var months = Field(parts[first + 3], CronField.Month);
        var weekdays = Field(parts[first + 4], CronField.DayOfWeek);
        return marks with
        {
            Seconds = seconds,
            Minutes = minutes,
            Hours = hours,
            Days = days,
            Months = months,
            Weekdays = weekdays,
        };
    }

    private static string Expand(string source)
    {
        if (!source.StartsWith('@'))
        {
            return source;
        }

        return source.ToUpperInvariant() switch
        {
            "@EVERY_SECOND" => "* * * * * *",
            "@EVERY_MINUTE" => "* * * * *",
            "@HOURLY" => "0 * * * *",
            "@DAILY" or "@MIDNIGHT" => "0 0 * * *",
            "@WEEKLY" => "0 0 * * 0",
            "@MONTHLY" => "0 0 1 * *",
            "@YEARLY" or "@ANNUALLY" => "0 0 1 1 *",
            _ => throw Refused(
                source,
                "names a macro that is not known; expected @every_second, @every_minute, @hourly, @daily, @midnight, " +
                "@weekly, @monthly, @yearly or @annually. Correct it, or write the fields."),
        };
    }

    private ulong Field(string fieldText, CronField field)
    {
        part = fieldText;
        at = 0;
        ulong bits;
        if (Accept('*'))
        {
            MarkInterval(field);
            bits = Range(field, field.First, field.First + field.Cycle - 1, Accept('/') ? Step(field) : 1);
        }
        else if (Accept('?'))
        {
            if (!field.IsDay)
            {
                throw Wrong(field, "'?' stands only for a day");
            }

            bits = Range(field, field.First, field.First + field.Cycle - 1, 1);
        }
        else if (field == CronField.DayOfMonth && Accept('L'))
        {
            bits = LastDay(field);
        }
        else
        {
            bits = Values(field);
        }

        return at == part.Length ? bits : throw Wrong(field, $"{Names.Show(part[at..])} cannot stand there");
    }

    private ulong LastDay(CronField field)
    {
        var back = Accept('-') ? Number(field, 0, 30) : 0;
        marks = marks with { LastDayBack = back, IsNearestWeekday = Accept('W') };
        return Range(field, field.First, field.Last, 1);
    }

    private ulong Values(CronField field)
    {
        var value = Value(field);
        if (field == CronField.DayOfMonth && Accept('W'))
        {
            marks = marks with { IsNearestWeekday = true };
            return field.Bit(value);
        }

        if (field == CronField.DayOfWeek && Accept('L'))
        {
            marks = marks with { IsLastWeekday = true };
            return field.Bit(value);
        }

        if (field == CronField.DayOfWeek && Accept('#'))
        {
            marks = marks with { NthWeekday = Number(field, 1, 5) };
            return field.Bit(value);
        }

        var bits = RangeFrom(field, value);
        while (Accept(','))
        {
            bits |= RangeFrom(field, Value(field));
        }

        return bits;
    }

    private ulong RangeFrom(CronField field, int first)
    {
        if (Accept('-'))
        {
            MarkInterval(field);
            var last = Value(field);
            var step = Accept('/') ? Step(field) : 1;
            return Range(field, first, last < first ? last + field.Cycle : last, step);
        }

        if (Accept('/'))
        {
            MarkInterval(field);
            return Range(field, first, field.Last, Step(field));
        }

        return field.Bit(first);
    }

    private static ulong Range(CronField field, int first, int last, int step)
    {
        var bits = 0UL;
        for (var value = first; value <= last; value += step)
        {
            bits |= field.Bit(value);
        }

        return bits;
    }

    private int Step(CronField field) => Number(field, 1, field.Last);

    private int Value(CronField field)
    {
        if (!char.IsAsciiLetter(Peek))
        {
            return Number(field, field.First, field.Last);
        }

        var word = at + 3 <= part.Length ? part.Substring(at, 3) : part[at..];
        var index = Array.FindIndex(field.Words, known => known.Equals(word, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            throw Wrong(field, $"{Names.Show(word)} is not known there");
        }

        at += 3;
        return field.First + index;
    }

    private int Number(CronField field, int min, int max)
    {
        var start = at;
        while (char.IsAsciiDigit(Peek))
        {
            at++;
        }

        var digits = part.AsSpan(start, at - start);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) &&
            number >= min && number <= max
                ? number
                : throw Wrong(field, $"{(digits.IsEmpty ? "there is no number" : $"{digits} is out of range")} where " +
                    $"one from {min} to {max} is expected");
    }

    private bool Accept(char expected)
    {
        if (Peek != expected)
        {
            return false;
        }

        at++;
        return true;
    }

    private void MarkInterval(CronField field)
    {
        if (field.MakesInterval)
        {
            marks = marks with { IsInterval = true };
        }
    }

    private ArgumentException Wrong(CronField field, string found) =>
        Refused(text, $"is wrong in its {field.Name}, {Names.Show(part)}: {found}. Correct it.");

    private static ArgumentException Refused(string text, string why) =>
        new($"The cron expression {Names.Show(text)} {why}", nameof(text));
}
