using System.Text;

namespace Undercroft.Backends;

/// <summary>Reads what <see cref="RecordWriter"/> has written. Damaged bytes give
/// <see cref="InvalidDataException"/>, never more than they hold.</summary>
/// <param name="bytes">What to read. Values and keys read from it are slices of it.</param>
public ref struct RecordReader(ReadOnlyMemory<byte> bytes)
{
    private readonly ReadOnlyMemory<byte> memory = bytes;
    private readonly ReadOnlySpan<byte> span = bytes.Span;

    /// <summary>How many bytes were read.</summary>
    public int Position { get; private set; }

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsAtEnd => Position == span.Length;

    /// <summary>Reads a number.</summary>
    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (Position == span.Length)
            {
                throw Damaged("a number is cut off");
            }

            var next = span[Position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (long)value;
            }
        }

        throw Damaged("a number is too long");
    }

    /// <summary>Reads bytes.</summary>
    public ReadOnlyMemory<byte> Bytes() => Take(Number());

    /// <summary>Reads text, or null.</summary>
    public string? Text()
    {
        var length = Number();
        return length == -1 ? null : Encoding.UTF8.GetString(Take(length).Span);
    }

    /// <summary>Reads an instant, or null.</summary>
    public DateTimeOffset? Time()
    {
        var ticks = Number();
        return ticks == -1 ? null
            : ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : throw Damaged("a time is out of range");
    }

    /// <summary>Reads a meta.</summary>
    public RecordMeta Meta()
    {
        var count = Count();
        if (count == 0)
        {
            return RecordMeta.Empty;
        }

        var pairs = new KeyValuePair<string, string>[count];
        for (var i = 0; i < count; i++)
        {
            pairs[i] = new(Text() ?? string.Empty, Text() ?? string.Empty);
        }

        return RecordMeta.From(pairs);
    }

    /// <summary>Reads index entries.</summary>
    public IReadOnlyList<IndexEntry> Entries()
    {
        var count = Count();
        if (count == 0)
        {
            return [];
        }

        var entries = new IndexEntry[count];
        var index = string.Empty;
        for (var i = 0; i < count; i++)
        {
            var flags = Number();
            if ((flags & 2) == 0)
            {
                index = Text() ?? string.Empty;
            }

            entries[i] = new IndexEntry(index, Bytes(), (flags & 1) != 0);
        }

        return entries;
    }

    /// <summary>Reads a client's lane.</summary>
    public ReplayLane Lane()
    {
        var forgotten = Number();
        var replays = new StoredReplay[Count()];
        for (var i = 0; i < replays.Length; i++)
        {
            var number = Number();
            var digest = new UInt128((ulong)Number(), (ulong)Number());
            var revision = new Revision(Number());
            var counters = new long[Count()];
            for (var j = 0; j < counters.Length; j++)
            {
                counters[j] = Number();
            }

            replays[i] = new StoredReplay(number, digest, revision, counters);
        }

        return new ReplayLane([.. replays], forgotten);
    }

    /// <summary>Reads a whole record or tombstone.</summary>
    public StoreRecord Record()
    {
        var collection = Text() ?? string.Empty;
        var id = Text() ?? string.Empty;
        try
        {
            return new StoreRecord
            {
                Key = new RecordKey(collection, id),
                Revision = new Revision(Number()),
                IsDeleted = Number() != 0,
                CreatedAt = Time() ?? default,
                UpdatedAt = Time() ?? default,
                ExpiresAt = Time(),
                Origin = Text(),
                Meta = Meta(),
                Entries = Entries(),
                Value = Bytes(),
            };
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"The record at byte {Position} has no valid key: {error.Message}", error);
        }
    }

    private int Count()
    {
        var count = Number();
        return count >= 0 && count <= span.Length - Position ? (int)count : throw Damaged("a count is out of range");
    }

    private ReadOnlyMemory<byte> Take(long length)
    {
        if (length < 0 || length > span.Length - Position)
        {
            throw Damaged("a length points past the end");
        }

        var taken = memory.Slice(Position, (int)length);
        Position += (int)length;
        return taken;
    }

    private readonly InvalidDataException Damaged(string how) =>
        new(FormattableString.Invariant($"The data is damaged at byte {Position} of {span.Length}: {how}."));
}
