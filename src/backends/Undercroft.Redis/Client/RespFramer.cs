using System.Runtime.CompilerServices;

namespace Undercroft.Redis.Client;

/// <summary>
/// Finds where a RESP3 value ends, in bytes that come in pieces of any size. It keeps its place between the pieces, so
/// no byte is looked at twice, and believes no length that the limits do not allow.
/// </summary>
internal struct RespFramer
{
    /// <summary>How deep values may be nested in each other.</summary>
    public const int DepthMax = 32;

    /// <summary>How long a line may be: a simple string, an error, a number.</summary>
    public const int LineBytesMax = 64 * 1024;

    // The shortest element there is: "_\r\n".
    private const int ElementBytesMin = 3;

    private readonly long bytesMax;
    private Counts remaining;
    private uint attributes;
    private int depth;
    private Step step;
    private RespKind kind;
    private long taken;
    private long number;
    private int digits;
    private bool isNegative;

    /// <summary>Begins before the first value.</summary>
    /// <param name="bytesMax">How long one value may be, everything in it included.</param>
    public RespFramer(long bytesMax) => this.bytesMax = bytesMax;

    private enum Step
    {
        Begin,
        Number,
        Text,
        Flag,
        Skip,
        EndOfLine,
        LengthEndOfLine,
        Return,
        LengthReturn,
    }

    /// <summary>Goes on until one value has ended or the bytes are used up.</summary>
    /// <param name="data">The next bytes.</param>
    /// <param name="used">How many of them belong to this value.</param>
    /// <returns>Whether the value has ended; the next call begins another.</returns>
    /// <exception cref="RedisProtocolException">The bytes are no RESP3, or the value is beyond the limits.</exception>
    public bool Advance(ReadOnlySpan<byte> data, out int used)
    {
        used = 0;
        while (used < data.Length)
        {
            if (step == Step.Skip)
            {
                var skipped = (int)Math.Min(number, data.Length - used);
                used += skipped;
                taken += skipped;
                number -= skipped;
                step = number == 0 ? Step.Return : Step.Skip;
                continue;
            }

            taken++;
            if (Take(data[used++]))
            {
                taken = 0;
                return true;
            }
        }

        return false;
    }

    private bool Take(byte next)
    {
        switch (step)
        {
            case Step.Begin:
                Begin(next);
                return false;
            case Step.Number:
                TakeDigit(next);
                return false;
            case Step.Text:
                TakeText(next);
                return false;
            case Step.Flag:
                Expect(next is (byte)'t' or (byte)'f', next, "'t' or 'f'");
                step = Step.Return;
                return false;
            case Step.Return:
                Expect(next == '\r', next, "a carriage return");
                step = Step.EndOfLine;
                return false;
            case Step.LengthReturn:
                Expect(next == '\r', next, "a carriage return");
                step = Step.LengthEndOfLine;
                return false;
            case Step.EndOfLine:
                Expect(next == '\n', next, "a line feed");
                return EndElement();
            default:
                Expect(next == '\n', next, "a line feed");
                return EndLength();
        }
    }

    private void Begin(byte next)
    {
        if (taken > bytesMax)
        {
            throw TooLong(taken);
        }

        kind = (RespKind)next;
        number = 0;
        digits = 0;
        isNegative = false;
        step = kind switch
        {
            RespKind.Number or RespKind.BulkString or RespKind.BulkError or RespKind.VerbatimString or RespKind.Array
                or RespKind.Map or RespKind.Set or RespKind.Attribute or RespKind.Push => Step.Number,
            RespKind.SimpleString or RespKind.SimpleError or RespKind.Double or RespKind.BigNumber => Step.Text,
            RespKind.Null => Step.Return,
            RespKind.Boolean => Step.Flag,
            _ => throw new RedisProtocolException($"a value begins with byte 0x{next:x2}, which names no kind"),
        };
    }

    private void TakeDigit(byte next)
    {
        if (next == '\r' && digits > 0)
        {
            step = Step.LengthEndOfLine;
            return;
        }

        if (digits == 0 && !isNegative && (next is (byte)'-' || (next is (byte)'+' && kind == RespKind.Number)))
        {
            isNegative = next == '-';
            return;
        }

        Expect(next is >= (byte)'0' and <= (byte)'9', next, "a digit");
        if (++digits > 19)
        {
            throw new RedisProtocolException("a number has more than 19 digits");
        }

        number = unchecked((number * 10) + (next - '0'));
    }

    private void TakeText(byte next)
    {
        if (next == '\r')
        {
            step = Step.EndOfLine;
        }
        else if (next == '\n' || ++digits > LineBytesMax)
        {
            throw new RedisProtocolException(
                next == '\n' ? "a line ends without a carriage return" : $"a line is longer than {LineBytesMax} bytes");
        }
    }

    private bool EndLength()
    {
        if (kind == RespKind.Number)
        {
            return EndElement();
        }

        if (isNegative)
        {
            // The null of RESP2, which scripts and old modules may still send.
            if (number == 1 && kind is RespKind.BulkString or RespKind.Array)
            {
                return EndElement();
            }

            throw new RedisProtocolException($"a length is -{number}");
        }

        if (kind is RespKind.BulkString or RespKind.BulkError or RespKind.VerbatimString)
        {
            RequireRoom(number + 2);
            step = number == 0 ? Step.Return : Step.Skip;
            return false;
        }

        RequireRoom(number);
        var elements = kind is RespKind.Map or RespKind.Attribute ? number * 2 : number;
        RequireRoom(elements < bytesMax ? elements * ElementBytesMin : elements);
        return BeginElements(elements);
    }

    private bool BeginElements(long elements)
    {
        if (elements == 0)
        {
            // An attribute without pairs still stands before a value.
            return kind == RespKind.Attribute ? GoOn() : EndElement();
        }

        if (depth == DepthMax)
        {
            throw new RedisProtocolException($"values are nested deeper than {DepthMax}");
        }

        attributes = kind == RespKind.Attribute ? attributes | (1u << depth) : attributes & ~(1u << depth);
        remaining[depth++] = elements;
        return GoOn();
    }

    private bool EndElement()
    {
        while (depth > 0)
        {
            if (--remaining[depth - 1] > 0)
            {
                return GoOn();
            }

            depth--;
            if ((attributes & (1u << depth)) != 0)
            {
                return GoOn();
            }
        }

        step = Step.Begin;
        return true;
    }

    private bool GoOn()
    {
        step = Step.Begin;
        return false;
    }

    private readonly void RequireRoom(long bytes)
    {
        if (bytes < 0 || bytes > bytesMax - taken)
        {
            throw TooLong(bytes);
        }
    }

    private readonly RedisProtocolException TooLong(long bytes) =>
        new($"a value of {bytes} bytes or more was announced; at most {bytesMax} are allowed");

    private readonly void Expect(bool holds, byte found, string expected)
    {
        if (!holds)
        {
            throw new RedisProtocolException(
                $"byte 0x{found:x2} stands in a value of kind '{(char)kind}' where {expected} belongs");
        }
    }

    [InlineArray(DepthMax)]
    private struct Counts
    {
        private long first;
    }
}
