using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Reading;
using Undercroft.Redis.Writing;

namespace Undercroft.Redis.Opening;

/// <summary>What an opened store is made of.</summary>
internal sealed class OpenedStore : IAsyncDisposable
{
    public required RedisStoreOptions Options { get; init; }

    public required string Location { get; init; }

    /// <summary>The connection all but a few calls go over.</summary>
    public RedisClient Client { get; set; } = null!;

    public FunctionCaller Caller { get; set; } = null!;

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public StoreClock Clock { get; set; } = null!;

    public StoreInfo Info { get; set; } = null!;

    public OpeningSalt Salt { get; } = new();

    public CommitCall Call { get; set; } = null!;

    /// <summary>Where commits wait for replicas or the log; null where none has to.</summary>
    public WaitLane? Lane { get; set; }

    /// <summary>The read cache; null where there is none.</summary>
    public CachedReads? Cached { get; set; }

    /// <summary>Closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Lane is not null)
        {
            await Lane.DisposeAsync().ConfigureAwait(false);
        }

        if (Cached is not null)
        {
            await Cached.DisposeAsync().ConfigureAwait(false);
        }

        if (Client is not null)
        {
            await Client.DisposeAsync().ConfigureAwait(false);
        }
    }
}
