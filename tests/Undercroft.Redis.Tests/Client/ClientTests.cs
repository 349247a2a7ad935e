using System.Security.Cryptography;
using Undercroft.Redis.Client;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests.Client;

/// <summary>One server that works, and callers of every kind.</summary>
public sealed class ClientTests(SharedRedis redis)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_of_any_kind_and_size_come_back_as_they_went()
    {
        await using var client = await OpenAsync();
        foreach (var size in (int[])[0, 1, 200, 255, 256, 4_000, 32_768, 100_000, 5_000_000])
        {
            var value = RandomNumberGenerator.GetBytes(size);
            (await client.SendAsync(client.Create("SET"u8).AddKey("rc:bytes"u8).Add(value), Cancel)).Dispose();

            using var reply = await client.SendAsync(client.AskFor("rc:bytes"), Cancel);

            Assert.Equal(value, reply.Bytes.ToArray());
        }
    }

    [Fact]
    public async Task Each_of_many_callers_gets_the_answer_to_what_it_asked()
    {
        await using var client = await OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(
            async () =>
            {
                for (var turn = 0; turn < 200; turn++)
                {
                    var word = $"{caller}-{turn}-{new string('x', (caller * turn) % 3000)}";
                    using var reply = await client.SendAsync(client.Create("ECHO"u8).Add(word), Cancel)
                        .ConfigureAwait(false);
                    Assert.Equal(word, reply.Text);
                }
            },
            Cancel)));
    }

    [Fact]
    public async Task What_one_caller_sends_without_waiting_is_carried_out_in_its_order()
    {
        await using var client = await OpenAsync();
        (await client.SendAsync(client.Create("DEL"u8).AddKey("rc:order"u8), Cancel)).Dispose();

        var sent = Enumerable.Range(1, 5000)
            .Select(_ => client.SendAsync(client.AskToIncrease("rc:order"), Cancel)).ToArray();

        for (var i = 0; i < sent.Length; i++)
        {
            using var reply = await sent[i];
            Assert.Equal(i + 1, reply.Int64);
        }
    }

    [Fact]
    public async Task Commands_that_belong_together_answer_together()
    {
        await using var client = await OpenAsync();

        using var reply = await client.SendAsync(
            client.Create("SET"u8).AddKey("rc:pair"u8).Add("dark"u8)
                .Next("INCR"u8).AddKey("rc:pair"u8)
                .Next("WAIT"u8).Add(0).Add(100)
                .Next("GET"u8).AddKey("rc:pair"u8),
            Cancel);

        var parts = reply.ToArray();
        Assert.Equal(4, parts.Length);
        Assert.Equal("OK", parts[0].Text);
        Assert.True(parts[1].IsError);
        Assert.Equal(0, parts[2].Int64);
        Assert.Equal("dark", parts[3].Text);
    }

    [Fact]
    public async Task Functions_take_and_give_bytes()
    {
        await using var client = await OpenAsync();
        byte[] odd = [0, 13, 10, 255, 0];

        using var reply = await client.SendAsync(
            client.Create("EVAL"u8).Add("return {KEYS[1], ARGV[1], 7, false}"u8).Add(1).AddKey("rc:eval"u8).Add(odd),
            Cancel);

        var parts = reply.ToArray();
        Assert.Equal("rc:eval", parts[0].Text);
        Assert.Equal(odd, parts[1].Bytes.ToArray());
        Assert.Equal(7, parts[2].Int64);
        Assert.True(parts[3].IsNull);
    }

    [Fact]
    public async Task An_error_names_the_server_the_command_and_what_it_said()
    {
        await using var client = await OpenAsync();
        await client.SetAsync("rc:text", "dark");

        var error = await Assert.ThrowsAsync<RedisException>(
            async () => await client.SendAsync(client.Create("LPUSH"u8).AddKey("rc:text"u8).Add("x"u8), Cancel));

        Assert.Equal((RedisFailure.Server, "WRONGTYPE", false), (error.Failure, error.Code, error.IsTransient));
        var server = await redis.ServerAsync();
        Assert.StartsWith(
            $"Redis {server.Host}:{server.Port} refused LPUSH: 'WRONGTYPE", error.Message, StringComparison.Ordinal);
        Assert.Equal("dark", await client.GetAsync("rc:text"));
    }

    [Fact]
    public async Task Who_gives_up_waiting_disturbs_nobody()
    {
        await using var client = await OpenAsync();
        using var limit = new CancellationTokenSource();
        var blocked = client.SendAsync(client.Create("BLPOP"u8).AddKey("rc:none"u8).Add(0), limit.Token).AsTask();
        var behind = client.SendAsync(client.Create("ECHO"u8).Add("behind"u8), Cancel).AsTask();

        await limit.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked);
        Assert.False(behind.IsCompleted);
        await using var other = await OpenAsync();
        (await other.SendAsync(other.Create("LPUSH"u8).AddKey("rc:none"u8).Add("x"u8), Cancel)).Dispose();

        using var reply = await behind.WaitAsync(Clients.Patience, Cancel);
        Assert.Equal("behind", reply.Text);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await client.SendAsync(client.AskFor("rc:none"), limit.Token));
    }

    [Fact]
    public async Task A_caller_that_blocks_the_reading_thread_is_worked_around()
    {
        await using var client = await OpenAsync();
        await client.SetAsync("rc:block", "light");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                for (var turn = 0; turn < 3; turn++)
                {
                    (await client.SendAsync(client.AskFor("rc:block"), Cancel).ConfigureAwait(false)).Dispose();

                    // This is the reading thread: what it waits for here, it would have to read itself.
                    using var reply = WaitFor(client.SendAsync(client.AskFor("rc:block"), Cancel).AsTask());
                    Assert.Equal("light", reply.Text);
                }
            },
            Cancel))).WaitAsync(Clients.Patience, Cancel);
    }

    [Fact]
    public async Task The_queue_has_an_end_and_says_so()
    {
        await using var client = await OpenAsync(static options => options.QueueMax = 10);
        var blocked = client.SendAsync(client.Create("BLPOP"u8).AddKey("rc:full"u8).Add(0), Cancel);
        var others = Enumerable.Range(0, 9).Select(_ => client.SendAsync(client.AskFor("rc:full"), Cancel)).ToArray();

        var error = await Assert.ThrowsAsync<RedisException>(
            async () => await client.SendAsync(client.AskFor("rc:full"), Cancel));

        Assert.Equal((RedisFailure.QueueFull, true), (error.Failure, error.IsTransient));
        await using var other = await OpenAsync();
        (await other.SendAsync(other.Create("LPUSH"u8).AddKey("rc:full"u8).Add("x"u8), Cancel)).Dispose();
        (await blocked).Dispose();
        foreach (var one in others)
        {
            (await one).Dispose();
        }

        Assert.Null(await client.GetAsync("rc:full"));
    }

    [Fact]
    public async Task After_disposal_nothing_waits_and_nothing_is_sent()
    {
        var client = await OpenAsync();
        var waiting = client.SendAsync(client.Create("BLPOP"u8).AddKey("rc:never"u8).Add(0), Cancel).AsTask();

        await client.DisposeAsync();
        await client.DisposeAsync();

        _ = await Assert.ThrowsAsync<RedisException>(() => waiting.WaitAsync(Clients.Patience, Cancel));
        _ = await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await client.SendAsync(client.AskFor("rc:never"), Cancel));
    }

    // A blocking wait, on purpose: callers do it, however much they should not.
    private static T WaitFor<T>(Task<T> task)
    {
        ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        return task.GetAwaiter().GetResult();
    }

    private async Task<RedisClient> OpenAsync(Action<RedisClientOptions>? change = null) =>
        await Clients.OpenAsync(await redis.ServerAsync(), change);
}
