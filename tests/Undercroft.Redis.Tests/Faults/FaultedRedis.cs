using Undercroft.Servers;

namespace Undercroft.Redis.Tests.Faults;

/// <summary>What the runs of faults on Redis have in common.</summary>
internal static class FaultedRedis
{
    /// <summary>The name of the store, and the key that shows on which node of a cluster it lies.</summary>
    public const string StoreName = "faults";

    public const string SlotKey = $"{{{StoreName}}}";

    public const int Writers = 8;

    /// <summary>How soon a client must work again once a new primary takes writes.</summary>
    public static TimeSpan Soon => TimeSpan.FromSeconds(10);

    public static async Task<IStore> OpenAsync(
        string hosts, int replicas = 0, bool isSentinel = false, TimeSpan? commandTimeout = null) =>
        await RedisStore.OpenAsync(
            new RedisStoreOptions
            {
                Hosts = hosts,
                StoreName = StoreName,
                SentinelName = isSentinel ? RedisSentinels.MasterName : null,
                Replicas = replicas,
                CommandTimeout = commandTimeout ?? TimeSpan.FromSeconds(10),
                PollInterval = TimeSpan.FromMilliseconds(100),
            },
            cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Says what a run has come to, where a reader of the run sees it.</summary>
    public static void Note(string run, FaultTally tally, TimeSpan? worksAfter = null)
    {
        var works = worksAfter is { } after ? $", every client works again {after.TotalSeconds:f1} s later" : "";
        TestContext.Current.TestOutputHelper!.WriteLine($"note: redis, {run}: {tally}{works}");
    }
}
