using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Undercroft.Stories;

/// <summary>Reads passages out of JSON as the library writes it: without white space. Long texts with many escapes take
/// a general reader one byte at a time; here they are taken in runs.</summary>
/// <remarks>It accepts only what it is sure of. Each method answers null, or false, where the text is anything else;
/// what it then has taken is of no use.</remarks>
/// <param name="json">The JSON.</param>
/// <param name="buffer">Room for a text, as long as the JSON.</param>
/// <param name="document">The array the JSON is in: bodies stay in it until somebody reads them. Null decodes them at
/// once.</param>
internal ref struct PassageText(ReadOnlySpan<byte> json, Span<char> buffer, ArraySegment<byte>? document = null)
{
    private const int HexDigits = 4;

    // What is less than the JSON of any passage.
    private const int PassageBytesMin = 64;

    // All that ends a run inside a string.
    private static readonly SearchValues<byte> Marks =
        SearchValues.Create([.. Enumerable.Range(0, ' ').Select(static c => (byte)c), (byte)'"', (byte)'\\']);

    private readonly Span<char> buffer = buffer;
    private readonly ArraySegment<byte>? document = document;
    private IReadOnlyList<string>? lastTags;
    private ReadOnlySpan<byte> lastTagsText;
    private ReadOnlySpan<byte> rest = json;

    public readonly bool IsAtEnd => rest.IsEmpty;

    /// <summary>Takes exactly these bytes.</summary>
    public bool Take(ReadOnlySpan<byte> wanted)
    {
        if (!rest.StartsWith(wanted))
        {
            return false;
        }

        rest = rest[wanted.Length..];
        return true;
    }

    /// <summary>Takes one value of any kind in the general way.</summary>
    /// <exception cref="JsonException">It is not of the type.</exception>
    public T? Take<T>(JsonTypeInfo<T> type)
    {
        var reader = new Utf8JsonReader(rest);
        var value = JsonSerializer.Deserialize(ref reader, type);
        rest = rest[(int)reader.BytesConsumed..];
        return value;
    }

    /// <summary>Decodes a text that is known to be sound, with the quotes around it.</summary>
    public static string Decode(ReadOnlySpan<byte> json)
    {
        var buffer = ArrayPool<char>.Shared.Rent(json.Length);
        try
        {
            return new PassageText(json, buffer).TakeText()!;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>Takes a list of passages.</summary>
    public IReadOnlyList<Passage>? TakePassages()
    {
        if (!Take("["u8) || Take("]"u8))
        {
            return null;
        }

        var room = rest.Length;
        Passage[] passages = [];
        var count = 0;
        do
        {
            if (TakePassage() is not { } passage)
            {
                return null;
            }

            if (count == passages.Length)
            {
                // Room for as many as there will be, if the rest is like what was taken.
                var each = Math.Max((room - rest.Length) / (count + 1), PassageBytesMin);
                Array.Resize(ref passages, count + 1 + (rest.Length / each));
            }

            passages[count++] = passage;
        }
        while (Take(","u8));

        Array.Resize(ref passages, count);
        return Take("]"u8) ? ImmutableCollectionsMarshal.AsImmutableArray(passages) : null;
    }

    private Passage? TakePassage()
    {
        if (!Take("{\"id\":"u8) || TakeText() is not { } id
            || !Take(",\"name\":"u8) || TakeText() is not { } name
            || !Take(",\"kind\":"u8) || TakeKind() is not { } kind
            || !Take(",\"tags\":"u8) || TakeTags() is not { } tags
            || !Take(",\"body\":"u8) || TakeBody() is not { } body)
        {
            return null;
        }

        PassagePoint? position = null;
        PassagePoint? size = null;
        if ((Take(",\"position\":"u8) && (position = TakePoint()) is null)
            || (Take(",\"size\":"u8) && (size = TakePoint()) is null)
            || !Take(",\"fields\":"u8) || TakeFields() is not { } fields
            || !Take(",\"extensions\":"u8) || TakeExtensions() is not { } extensions)
        {
            return null;
        }

        PassageSource? source = null;
        return (Take(",\"source\":"u8) && (source = TakeSource()) is null) || !Take("}"u8)
            ? null
            : new Passage
            {
                Id = id,
                Name = name,
                Kind = kind,
                Tags = tags,
                BodyAsRead = body,
                Position = position,
                Size = size,
                Fields = fields,
                Extensions = extensions,
                Source = source,
            };
    }

    private PassageKind? TakeKind() => Take("\"passage\""u8) ? PassageKind.Passage
        : Take("\"script\""u8) ? PassageKind.Script
        : Take("\"stylesheet\""u8) ? PassageKind.Stylesheet
        : null;

    // The two numbers behind the text are drawn from it.
    private PassagePoint? TakePoint()
    {
        if (!Take("{\"raw\":"u8) || TakeText() is not { } raw)
        {
            return null;
        }

        var isNumbers = !Take(",\"x\":"u8) || (TakeNumber() && Take(",\"y\":"u8) && TakeNumber());
        return isNumbers && Take("}"u8) ? new PassagePoint(raw) : null;
    }

    private bool TakeNumber()
    {
        _ = Take("-"u8);
        var isZero = rest.StartsWith("0"u8);
        var digits = TakeDigits();
        return digits > 0 && !(isZero && digits > 1) && (!Take("."u8) || TakeDigits() > 0);
    }

    private int TakeDigits()
    {
        // They are few: a search by vectors would take longer to begin.
        var digits = 0;
        while (digits < rest.Length && char.IsAsciiDigit((char)rest[digits]))
        {
            digits++;
        }

        rest = rest[digits..];
        return digits;
    }

    private PassageSource? TakeSource()
    {
        if (!Take("{\"format\":"u8) || TakeText() is not { } format
            || !Take(",\"line\":"u8) || TakeCount() is not ({ } line and >= int.MinValue and <= int.MaxValue))
        {
            return null;
        }

        string? body = null;
        return !Take(",\"header\":"u8) || TakeText() is not { } header
            || (Take(",\"body\":"u8) && (body = TakeText()) is null)
            || !Take(",\"after\":"u8) || TakeText() is not { } after
            || !Take("}"u8)
                ? null
                : new PassageSource { Format = format, Line = (int)line, Header = header, Body = body, After = after };
    }

    /// <summary>Takes a list of fields.</summary>
    public IReadOnlyList<StoryField>? TakeFields() =>
        Take("[]"u8) ? Frozen.List<StoryField>([]) : Take(StoryJsonForm.Context.IReadOnlyListStoryField);

    /// <summary>Takes extensions.</summary>
    public IReadOnlyDictionary<string, string>? TakeExtensions() =>
        Take("{}"u8) ? NoExtensions.Value : Take(StoryJsonForm.Context.IReadOnlyDictionaryStringString);

    /// <summary>Takes a list of tags; passages often have those of the one before.</summary>
    public IReadOnlyList<string>? TakeTags()
    {
        if (Take("[]"u8))
        {
            return Frozen.List<string>([]);
        }

        if (lastTags is not null && rest.StartsWith(lastTagsText))
        {
            rest = rest[lastTagsText.Length..];
            return lastTags;
        }

        var from = rest;
        if (TakeTexts() is not { } tags)
        {
            return null;
        }

        lastTags = tags;
        lastTagsText = from[..(from.Length - rest.Length)];
        return lastTags;
    }

    private ImmutableArray<string>? TakeTexts()
    {
        if (Take("[]"u8))
        {
            return ImmutableArray<string>.Empty;
        }

        var texts = ImmutableArray.CreateBuilder<string>(1);
        if (!Take("["u8))
        {
            return null;
        }

        do
        {
            if (TakeText() is not { } text)
            {
                return null;
            }

            texts.Add(text);
        }
        while (Take(","u8));

        return Take("]"u8) ? texts.DrainToImmutable() : null;
    }

    /// <summary>Takes a body: its end is found and all before it known to be sound, and nothing is copied.</summary>
    private PassageBody? TakeBody()
    {
        if (Take("\"\""u8))
        {
            return new PassageBody("");
        }

        if (document is not { } segment)
        {
            return TakeText() is { } text ? new PassageBody(text) : null;
        }

        var from = rest;
        if (!Take("\""u8) || !PassTextAndQuote())
        {
            return null;
        }

        var start = segment.Offset + segment.Count - from.Length;
        return new PassageBody(new LateText(segment.Array!, start, from.Length - rest.Length));
    }

    private bool PassTextAndQuote()
    {
        while (true)
        {
            rest = rest[SoundText.Pass(rest)..];
            var plain = rest.IndexOfAny(Marks);
            if (plain < 0)
            {
                return false;
            }

            var isQuote = rest[plain] == (byte)'"';
            var isEscape = rest[plain] == (byte)'\\';
            rest = rest[(plain + 1)..];
            if (!isEscape)
            {
                return isQuote;
            }

            if (TakeEscape(buffer) == 0)
            {
                return false;
            }
        }
    }

    /// <summary>Takes a number that counts something.</summary>
    public long? TakeCount()
    {
        var text = rest;
        return TakeNumber() && Utf8Parser.TryParse(text, out long count, out var taken)
            && text.Length - taken == rest.Length
                ? count
                : null;
    }

    /// <summary>Takes a text, with the quotes around it.</summary>
    public string? TakeText()
    {
        if (!Take("\""u8))
        {
            return null;
        }

        // Nearly all are names, and end at the first mark.
        var all = PlainText.Widen(rest, buffer);
        if (all < rest.Length && rest[all] == (byte)'"')
        {
            rest = rest[(all + 1)..];
            return new string(buffer[..all]);
        }

        // A text has never more UTF-16 units than bytes, so the buffer is long enough.
        for (var length = 0; ;)
        {
            var plain = PlainText.Widen(rest, buffer[length..]);
            length += plain;
            rest = rest[plain..];
            if (Take("\""u8))
            {
                return new string(buffer[..length]);
            }

            var taken = Take("\\"u8) ? TakeEscape(buffer[length..]) : TakeLonger(buffer[length..]);
            if (taken == 0)
            {
                return null;
            }

            length += taken;
        }
    }

    // What holds characters of several bytes, up to the next mark; none where there is nothing but a mark.
    private int TakeLonger(Span<char> into)
    {
        var end = rest.IndexOfAny(Marks);
        if (end <= 0 || Utf8.ToUtf16(rest[..end], into, out _, out var written, replaceInvalidSequences: false)
            != OperationStatus.Done)
        {
            return 0;
        }

        rest = rest[end..];
        return written;
    }

    private int TakeEscape(Span<char> into)
    {
        if (rest.IsEmpty)
        {
            return 0;
        }

        if (Take("u"u8))
        {
            // A pair of such escapes is rare enough for the general way.
            var digits = rest[..Math.Min(HexDigits, rest.Length)];
            if (!Utf8Parser.TryParse(digits, out int unit, out var taken, 'x')
                || taken != HexDigits || char.IsSurrogate((char)unit))
            {
                return 0;
            }

            into[0] = (char)unit;
            rest = rest[HexDigits..];
            return 1;
        }

        into[0] = SoundText.OfEscape(rest[0]);
        rest = rest[1..];
        return into[0] == '\0' ? 0 : 1;
    }
}
