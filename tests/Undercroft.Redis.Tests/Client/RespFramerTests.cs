using System.Text;
using Undercroft.Redis.Client;
using Undercroft.Testing;

namespace Undercroft.Redis.Tests.Client;

public sealed class RespFramerTests
{
    private const long BytesMax = 1_000_000;

    public static TheoryData<string> Values { get; } =
    [
        "+OK\r\n", "+\r\n", "-ERR it is dark\r\n", ":0\r\n", ":-9223372036854775808\r\n", ":+7\r\n", "$0\r\n\r\n",
        "$5\r\nlight\r\n", "$4\r\n\r\n\r\n\r\n", "$-1\r\n", "*-1\r\n", "_\r\n", "#t\r\n", "#f\r\n", ",3.25\r\n",
        ",inf\r\n",
        "(3492890328409238509324850943850943825024385\r\n", "!9\r\nERR again\r\n", "=8\r\ntxt:cave\r\n", "*0\r\n",
        "*2\r\n:1\r\n$1\r\na\r\n", "%1\r\n+a\r\n:1\r\n", "%0\r\n", "~2\r\n+a\r\n+b\r\n",
        ">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n",
        "|1\r\n+ttl\r\n:9\r\n$1\r\nv\r\n", "|0\r\n+v\r\n",
        "*2\r\n|1\r\n+a\r\n*1\r\n_\r\n:1\r\n|1\r\n+b\r\n#t\r\n:2\r\n",
        "*3\r\n*0\r\n*1\r\n*1\r\n*1\r\n:1\r\n%1\r\n~1\r\n:2\r\n>1\r\n:3\r\n",
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_ends_where_it_ends_wherever_it_is_split(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text + "+next\r\n");
        for (var first = 0; first <= text.Length; first++)
        {
            for (var second = first; second <= text.Length; second++)
            {
                var framer = new RespFramer(BytesMax);
                Assert.Equal(text.Length, LengthOf(ref framer, bytes, first, second));

                // It is ready for the next one.
                Assert.True(framer.Advance(bytes.AsSpan(text.Length), out var used));
                Assert.Equal("+next\r\n".Length, used);
            }
        }
    }

    [Theory]
    [InlineData("?\r\n", "names no kind")]
    [InlineData("\r\n", "names no kind")]
    [InlineData("$?\r\n", "a digit")]
    [InlineData("$\r\n", "a digit")]
    [InlineData(":\r\n", "a digit")]
    [InlineData(":1a\r\n", "a digit")]
    [InlineData(":99999999999999999999\r\n", "19 digits")]
    [InlineData("$-2\r\n", "a length is -2")]
    [InlineData("%-1\r\n", "a length is -1")]
    [InlineData("$1000001\r\n", "at most 1000000")]
    [InlineData("$9223372036854775807\r\n", "at most 1000000")]
    [InlineData("*333334\r\n", "at most 1000000")]
    [InlineData("*9223372036854775807\r\n", "at most 1000000")]
    [InlineData("%4611686018427387903\r\n", "at most 1000000")]
    [InlineData("*2\r\n$999000\r\n", null)]
    [InlineData("$1\r\nab\r\n", "a carriage return")]
    [InlineData("$1\r\na\rb", "a line feed")]
    [InlineData("#x\r\n", "'t' or 'f'")]
    [InlineData("_x\r\n", "a carriage return")]
    [InlineData("+a\nb\r\n", "without a carriage return")]
    [InlineData("+a\rb", "a line feed")]
    public void What_is_no_RESP3_or_too_large_is_refused_before_it_is_stored(string text, string? expected)
    {
        var framer = new RespFramer(BytesMax);
        var bytes = Encoding.ASCII.GetBytes(text);

        if (expected is null)
        {
            Assert.False(framer.Advance(bytes, out _));
            return;
        }

        var error = Assert.Throws<RedisProtocolException>(() => framer.Advance(bytes, out _));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(RedisFailure.Protocol, error.Failure);
    }

    [Fact]
    public void Nesting_and_lines_have_an_end()
    {
        var deep = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("*1\r\n", RespFramer.DepthMax)) + ":1\r\n");
        var framer = new RespFramer(BytesMax);
        Assert.True(framer.Advance(deep, out var used));
        Assert.Equal(deep.Length, used);

        var deeper = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("*1\r\n", RespFramer.DepthMax + 1)));
        _ = Assert.Throws<RedisProtocolException>(() => new RespFramer(BytesMax).Advance(deeper, out _));

        var line = Encoding.ASCII.GetBytes("+" + new string('x', RespFramer.LineBytesMax + 1));
        _ = Assert.Throws<RedisProtocolException>(() => new RespFramer(BytesMax).Advance(line, out _));
    }

    [Fact]
    public void Many_elements_cannot_outgrow_what_one_value_may_take()
    {
        // Each is small and allowed; together they are not.
        var framer = new RespFramer(1000);
        var element = $"$20\r\n{new string('a', 20)}\r\n";
        var bytes = Encoding.ASCII.GetBytes("*100\r\n" + string.Concat(Enumerable.Repeat(element, 100)));

        _ = Assert.Throws<RedisProtocolException>(() => framer.Advance(bytes, out _));
    }

    [Fact]
    public void Noise_ends_in_a_value_or_a_refusal()
    {
        var seed = TestSeed.Take();
        TestContext.Current.TestOutputHelper!.WriteLine(seed.ToString());
        var random = seed.ToRandom();
        var valid = string.Concat(Values.Select(static row => row.Data));
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Encoding.ASCII.GetBytes(valid.Substring(random.Next(valid.Length - 40), 40));
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var framer = new RespFramer(10_000);
            try
            {
                var rest = bytes.AsSpan();
                while (framer.Advance(rest, out var used))
                {
                    Assert.InRange(used, 3, rest.Length);
                    ReadAll(new RedisReply(rest[..used].ToArray()));
                    rest = rest[used..];
                }
            }
            catch (RedisProtocolException)
            {
                // Most of it is.
            }
        }
    }

    private static void ReadAll(RedisReply reply)
    {
        if (reply.Kind is RespKind.Array or RespKind.Map or RespKind.Set or RespKind.Push)
        {
            foreach (var element in reply)
            {
                ReadAll(element);
            }
        }
        else if (!reply.IsNull)
        {
            _ = reply.Bytes;
        }
    }

    private static int LengthOf(ref RespFramer framer, byte[] bytes, int first, int second)
    {
        var taken = 0;
        foreach (var end in (int[])[first, second, bytes.Length])
        {
            var isWhole = framer.Advance(bytes.AsSpan(taken, end - taken), out var used);
            taken += used;
            if (isWhole)
            {
                return taken;
            }
        }

        return -1;
    }
}
