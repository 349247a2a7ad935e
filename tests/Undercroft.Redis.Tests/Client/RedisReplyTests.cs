using System.Buffers;
using System.Text;
using Undercroft.Redis.Client;

namespace Undercroft.Redis.Tests.Client;

public sealed class RedisReplyTests
{
    [Fact]
    public void Scalars_read_as_what_they_are()
    {
        Assert.Equal("OK", Reply("+OK\r\n").Text);
        Assert.Equal("a\r\nb", Reply("$4\r\na\r\nb\r\n").Text);
        Assert.Equal("cave", Reply("=8\r\ntxt:cave\r\n").Text);
        Assert.Equal(long.MinValue, Reply(":-9223372036854775808\r\n").Int64);
        Assert.Equal(17, Reply("$2\r\n17\r\n").Int64);
        Assert.Equal(3.25, Reply(",3.25\r\n").Double);
        Assert.Equal(double.NegativeInfinity, Reply(",-inf\r\n").Double);
        Assert.Equal(double.PositiveInfinity, Reply(",inf\r\n").Double);
        Assert.True(Reply("#t\r\n").Boolean);
        Assert.False(Reply(":0\r\n").Boolean);
        Assert.True(Reply("_\r\n").IsNull);
        Assert.True(Reply("$-1\r\n").IsNull);
        Assert.True(default(RedisReply).IsNull);
        Assert.Equal("12345678901234567890123", Reply("(12345678901234567890123\r\n").Text);
    }

    [Fact]
    public void Lists_are_walked_with_what_is_in_them()
    {
        var reply = Reply("*4\r\n%1\r\n+a\r\n*2\r\n:1\r\n_\r\n|1\r\n+note\r\n:9\r\n$1\r\nx\r\n-ERR no\r\n~0\r\n");

        var elements = reply.ToArray();

        Assert.Equal(4, reply.Count);
        Assert.Equal(
            [RespKind.Map, RespKind.BulkString, RespKind.SimpleError, RespKind.Set],
            elements.Select(static element => element.Kind));
        Assert.Equal(2, elements[0].Count);
        Assert.Equal("x", elements[1].Text);
        Assert.True(elements[2].IsError);
        Assert.Empty(elements[3].ToArray());
        Assert.Empty(Reply("*-1\r\n").ToArray());
    }

    [Fact]
    public void What_a_value_is_not_is_said()
    {
        Assert.Contains("':' where a list", Throws(() => Reply(":1\r\n").Count), StringComparison.Ordinal);
        Assert.Contains("'*' where a text", Throws(() => Reply("*0\r\n").Text), StringComparison.Ordinal);
        Assert.Contains("'+' where a whole number", Throws(() => Reply("+12a\r\n").Int64), StringComparison.Ordinal);
        Assert.Contains("'_' where a text", Throws(() => Reply("_\r\n").Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_goes_back_once()
    {
        var bytes = Encoding.ASCII.GetBytes($"$1000\r\n{new string('x', 1000)}\r\n");
        var reply = ReplyLease.Copy(new ReadOnlySequence<byte>(bytes));
        var copy = reply;
        var kept = reply.Detach();

        reply.Dispose();
        copy.Dispose();

        // Were it given back twice, two of these would be the same.
        var rented = Enumerable.Range(0, 4).Select(_ => ArrayPool<byte>.Shared.Rent(1008)).ToArray();
        Assert.Equal(4, rented.Distinct().Count());
        Assert.Equal(1000, kept.Bytes.Length);
    }

    [Fact]
    public void Slots_are_those_of_the_servers()
    {
        Assert.Equal(12739, HashSlot.Of("123456789"u8));
        Assert.Equal(HashSlot.Of("user1000"u8), HashSlot.Of("{user1000}.following"u8));
        Assert.Equal(HashSlot.Of("{bar"u8), HashSlot.Of("foo{{bar}}zap"u8));
        Assert.NotEqual(HashSlot.Of(""u8), HashSlot.Of("foo{}{bar}"u8));
    }

    private static string Throws<T>(Func<T> read) =>
        Assert.Throws<RedisProtocolException>(() => { _ = read(); }).Message;

    private static RedisReply Reply(string text) => new(Encoding.ASCII.GetBytes(text));
}
