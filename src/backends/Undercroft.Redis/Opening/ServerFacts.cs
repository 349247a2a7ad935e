using System.Globalization;
using Undercroft.Redis.Client;
using Undercroft.Redis.Records;

namespace Undercroft.Redis.Opening;

/// <summary>What a server says about how it keeps data, and what levels of durability follow from that.</summary>
/// <param name="Policy">How it keeps its log; null where it does not tell.</param>
/// <param name="Eviction">What it does when its memory is full; null where it does not tell.</param>
/// <param name="HasMemoryLimit">Whether it has a memory limit.</param>
/// <param name="Offset">How far its clock is ahead of ours.</param>
/// <param name="HasWaitForLog">Whether it can be asked to wait for its log (<c>WAITAOF</c>, since 7.2).</param>
internal sealed record ServerFacts(
    RedisAppendPolicy? Policy, string? Eviction, bool HasMemoryLimit, TimeSpan Offset, bool HasWaitForLog)
{
    private static readonly Version WaitForLogSince = new(7, 2);

    /// <summary>Asks the server that keeps the store.</summary>
    public static async ValueTask<ServerFacts> AskAsync(
        IRedisClient client, StoreKeys keys, CancellationToken cancellationToken)
    {
        // The first names the key, and so the server of a cluster that the others go to.
        var before = TimeProvider.System.GetUtcNow();
        using var reply = await client.SendAsync(
            client.Create("EXISTS"u8).AddKey(keys.Row)
                .Next("TIME"u8)
                .Next("CONFIG"u8).Add("GET"u8).Add("appendonly"u8)
                .Next("CONFIG"u8).Add("GET"u8).Add("appendfsync"u8)
                .Next("CONFIG"u8).Add("GET"u8).Add("maxmemory"u8)
                .Next("CONFIG"u8).Add("GET"u8).Add("maxmemory-policy"u8)
                .Next("INFO"u8).Add("persistence"u8)
                .Repeatable(),
            cancellationToken).ConfigureAwait(false);
        var passed = TimeProvider.System.GetUtcNow() - before;
        var answers = reply.ToArray();
        return new ServerFacts(
            PolicyOf(Setting(answers[2]), Setting(answers[3])) ??
                (KeepsNoLog(answers[6]) ? RedisAppendPolicy.None : null),
            Setting(answers[5]),
            Setting(answers[4]) is { } limit and not "0" && limit.Length > 0,
            ServerTime(answers[1]) - before - (passed / 2),
            client.Server.Version >= WaitForLogSince);
    }

    /// <summary>The levels that a log of a kind gives.</summary>
    /// <remarks>Not even <see cref="Durability.Os"/> with <c>everysec</c>: while a flush takes long, Redis answers
    /// before it has written.</remarks>
    public static Durability[] Levels(RedisAppendPolicy? policy, bool hasWaitForLog) => policy switch
    {
        RedisAppendPolicy.Always => [Durability.Memory, Durability.Os, Durability.Disk],
        RedisAppendPolicy.EverySecond or RedisAppendPolicy.Written when hasWaitForLog =>
            [Durability.Memory, Durability.Os, Durability.Disk],
        RedisAppendPolicy.Written => [Durability.Memory, Durability.Os],
        _ => [Durability.Memory],
    };

    /// <summary>The lowest level for which the log must be waited for; null where its answer says it already, or the
    /// server cannot be asked.</summary>
    public static Durability? WaitsForLogFrom(RedisAppendPolicy? policy, bool hasWaitForLog) => policy switch
    {
        RedisAppendPolicy.EverySecond when hasWaitForLog => Durability.Os,
        RedisAppendPolicy.Written when hasWaitForLog => Durability.Disk,
        _ => null,
    };

    /// <summary>Whether a log of a kind promises what one of another kind does not.</summary>
    public static bool PromisesMore(RedisAppendPolicy one, RedisAppendPolicy other) => Rank(one) > Rank(other);

    // By what an answer means; a flush every second comes before none, for it has answers come before the writing.
    private static int Rank(RedisAppendPolicy policy) => policy switch
    {
        RedisAppendPolicy.None => 0,
        RedisAppendPolicy.EverySecond => 1,
        RedisAppendPolicy.Written => 2,
        _ => 3,
    };

    private static RedisAppendPolicy? PolicyOf(string? appendOnly, string? flush) => (appendOnly, flush) switch
    {
        ("no", _) => RedisAppendPolicy.None,
        ("yes", "always") => RedisAppendPolicy.Always,
        ("yes", "everysec") => RedisAppendPolicy.EverySecond,
        ("yes", "no") => RedisAppendPolicy.Written,
        _ => null,
    };

    // Servers that refuse CONFIG GET mostly answer this: whether there is a log at all, not when it is flushed.
    private static bool KeepsNoLog(RedisReply answer) => !answer.IsError && !answer.IsNull &&
        answer.Text.Contains("aof_enabled:0", StringComparison.Ordinal);

    private static string? Setting(RedisReply answer)
    {
        if (answer.IsError || answer.IsNull || answer.Count != 2)
        {
            return null;
        }

        return answer.ToArray()[1].Text;
    }

    private static DateTimeOffset ServerTime(RedisReply answer)
    {
        if (answer.IsError || answer.Count != 2)
        {
            return TimeProvider.System.GetUtcNow();
        }

        var parts = answer.ToArray();
        return DateTimeOffset.UnixEpoch
            .AddSeconds(long.Parse(parts[0].Text, CultureInfo.InvariantCulture))
            .AddMicroseconds(long.Parse(parts[1].Text, CultureInfo.InvariantCulture));
    }
}
