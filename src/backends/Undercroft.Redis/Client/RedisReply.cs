using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Undercroft.Redis.Client;

/// <summary>
/// What the server answered: a value of any RESP3 kind, read where it lies. Elements of lists are replies too; they
/// share the memory of the whole, which <see cref="Dispose"/> gives back. Nothing of a reply may be used after that.
/// </summary>
/// <remarks>Reading a value as something it is not throws a <see cref="RedisProtocolException"/>.</remarks>
internal readonly struct RedisReply : IDisposable
{
    private readonly ReplyLease? lease;
    private readonly ReadOnlyMemory<byte> frame;

    /// <summary>Wraps one whole value, as it came over the wire.</summary>
    /// <param name="frame">The value; attributes before it are skipped.</param>
    /// <param name="lease">What gives the memory back; null where nobody waits for it.</param>
    public RedisReply(ReadOnlyMemory<byte> frame, ReplyLease? lease = null)
    {
        this.lease = lease;
        while (frame.Length > 0 && frame.Span[0] == (byte)RespKind.Attribute)
        {
            var reader = new RespReader(frame.Span);
            reader.SkipAttribute();
            frame = frame[reader.Position..];
        }

        this.frame = frame;
    }

    /// <summary>The kind of the value.</summary>
    public RespKind Kind => frame.IsEmpty ? RespKind.None : (RespKind)frame.Span[0];

    /// <summary>Whether there is no value.</summary>
    public bool IsNull => Kind is RespKind.Null or RespKind.None
        || (Kind is RespKind.BulkString or RespKind.Array && frame.Span[1] == '-');

    /// <summary>Whether it is an error; a reply that is one as a whole is thrown, so this is about elements.</summary>
    public bool IsError => Kind is RespKind.SimpleError or RespKind.BulkError;

    /// <summary>The bytes of a string, an error or a number as text. Null is refused: ask <see cref="IsNull"/>.
    /// </summary>
    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            var reader = new RespReader(frame.Span);
            var range = reader.ReadText();
            return frame[range];
        }
    }

    /// <summary>A whole number; texts that are one are read too.</summary>
    public long Int64
    {
        get
        {
            var text = Bytes.Span;
            return Utf8Parser.TryParse(text, out long value, out var used) && used == text.Length
                ? value
                : throw RespReader.NotA("whole number", Kind);
        }
    }

    /// <summary>A floating-point number; texts that are one are read too.</summary>
    public double Double
    {
        get
        {
            var text = Bytes.Span;
            if (double.TryParse(text, CultureInfo.InvariantCulture, out var value))
            {
                return value;
            }

            return text switch
            {
                [(byte)'i', (byte)'n', (byte)'f'] => double.PositiveInfinity,
                [(byte)'-', (byte)'i', (byte)'n', (byte)'f'] => double.NegativeInfinity,
                _ => throw RespReader.NotA("number", Kind),
            };
        }
    }

    /// <summary>Yes or no; the numbers 1 and 0 are read too.</summary>
    public bool Boolean => Kind switch
    {
        RespKind.Boolean => frame.Span[1] == 't',
        RespKind.Number => Int64 != 0,
        _ => throw RespReader.NotA("boolean", Kind),
    };

    /// <summary>How many elements a list has; a map has two for each pair. Null has none.</summary>
    public int Count
    {
        get
        {
            var reader = new RespReader(frame.Span);
            return IsNull ? 0 : reader.ReadCount();
        }
    }

    /// <summary>How many bytes it takes.</summary>
    public int FrameLength => frame.Length;

    /// <summary>The bytes as UTF-8 text, for messages and names.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>Gives the memory back; more than once does no harm.</summary>
    public void Dispose() => lease?.Return();

    /// <summary>Walks over the elements of a list, set, push, or the names and values of a map in turn.</summary>
    public Elements GetEnumerator() => new(frame, IsNull);

    /// <summary>The elements as an array of replies, for lists that are short or read in another order.</summary>
    public RedisReply[] ToArray()
    {
        var elements = new RedisReply[Count];
        var index = 0;
        foreach (var element in this)
        {
            elements[index++] = element;
        }

        return elements;
    }

    /// <summary>A copy that outlives this reply.</summary>
    public RedisReply Detach() => new(frame.ToArray());

    /// <summary>A walk over the elements of a reply.</summary>
    internal struct Elements
    {
        private ReadOnlyMemory<byte> rest;
        private int left;

        /// <summary>Stands before the first element.</summary>
        public Elements(ReadOnlyMemory<byte> frame, bool isEmpty)
        {
            if (!isEmpty)
            {
                var reader = new RespReader(frame.Span);
                left = reader.ReadCount();
                rest = frame[reader.Position..];
            }
        }

        /// <summary>The element the walk stands on.</summary>
        public RedisReply Current { get; private set; }

        /// <summary>Goes to the next element; false where there is none.</summary>
        public bool MoveNext()
        {
            if (left == 0)
            {
                return false;
            }

            left--;
            var reader = new RespReader(rest.Span);
            reader.Skip();
            Current = new RedisReply(rest[..reader.Position]);
            rest = rest[reader.Position..];
            return true;
        }
    }
}
