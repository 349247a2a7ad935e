using System.Buffers.Text;

namespace Undercroft.Redis.Client;

/// <summary>Reads values that <see cref="RespFramer"/> has found whole.</summary>
internal ref struct RespReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> data = data;

    /// <summary>Where the next byte to be read is.</summary>
    public int Position { get; private set; }

    /// <summary>Makes the error of a value that is not what the caller takes it for.</summary>
    public static RedisProtocolException NotA(string expected, RespKind found) =>
        new($"the server answered with a value of kind '{(char)found}' where a {expected} was expected");

    /// <summary>Reads where the text of a value lies.</summary>
    public Range ReadText()
    {
        var kind = Next();
        switch (kind)
        {
            case RespKind.BulkString or RespKind.BulkError or RespKind.VerbatimString:
                var length = ReadLength();
                var begin = kind == RespKind.VerbatimString ? Math.Min(4, length) : 0;
                var text = length < 0 ? throw NotA("text", RespKind.Null) : Position + begin;
                Position += length + 2;
                return text..(Position - 2);
            case RespKind.SimpleString or RespKind.SimpleError or RespKind.Number or RespKind.Double
                or RespKind.BigNumber or RespKind.Boolean:
                return ReadLine();
            default:
                throw NotA("text", kind);
        }
    }

    /// <summary>Reads how many elements follow.</summary>
    public int ReadCount()
    {
        var kind = Next();
        return kind switch
        {
            RespKind.Array or RespKind.Set or RespKind.Push => Math.Max(0, ReadLength()),
            RespKind.Map or RespKind.Attribute => 2 * ReadLength(),
            _ => throw NotA("list", kind),
        };
    }

    /// <summary>Skips one whole value, attributes before it included.</summary>
    public void Skip()
    {
        for (var left = 1L; left > 0; left--)
        {
            switch ((RespKind)data[Position])
            {
                case RespKind.Attribute:
                    left += ReadCount() + 1;
                    break;
                case RespKind.Array or RespKind.Set or RespKind.Push or RespKind.Map:
                    left += ReadCount();
                    break;
                case RespKind.BulkString or RespKind.BulkError or RespKind.VerbatimString:
                    Position++;
                    var length = ReadLength();
                    Position += length < 0 ? 0 : length + 2;
                    break;
                default:
                    _ = ReadLine();
                    break;
            }
        }
    }

    /// <summary>Skips the pairs of an attribute, but not the value after them.</summary>
    public void SkipAttribute()
    {
        for (var left = ReadCount(); left > 0; left--)
        {
            Skip();
        }
    }

    private RespKind Next() => data.IsEmpty ? RespKind.None : (RespKind)data[Position++];

    private int ReadLength()
    {
        _ = Utf8Parser.TryParse(data[Position..], out int length, out var used);
        Position += used + 2;
        return length;
    }

    // From the byte after the kind to the end of the line.
    private Range ReadLine()
    {
        var begin = Position;
        var length = data[begin..].IndexOf((byte)'\r');
        Position = begin + length + 2;
        return begin..(begin + length);
    }
}
