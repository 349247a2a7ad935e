using System.Diagnostics.CodeAnalysis;
using Undercroft.Backends;
using Undercroft.Jobs;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Jobs;
using Undercroft.Redis.Opening;
using Undercroft.Redis.Reading;
using Undercroft.Redis.Upkeep;
using Undercroft.Redis.Writing;

namespace Undercroft.Redis;

/// <summary>Keeps a store in Redis (7.0 or later): one server, one behind Sentinel, or a cluster. Many processes may
/// have it open and write.</summary>
/// <remarks>
/// A commit is one call of a function on the server, which judges and applies it; the calls of many callers travel
/// together. All keys of a store lie on one hash slot: a store is as large as one server, and a cluster keeps many
/// stores. What a durability level means depends on the server's log, see <see cref="RedisAppendPolicy"/>.
/// </remarks>
public sealed class RedisStore : IStore
{
    private readonly OpenedStore opened;
    private readonly RecordReads records;
    private readonly Scans scans;
    private readonly StorePresence presence;
    private readonly FeedReads feed;
    private readonly Committer committer;

    [SuppressMessage("Usage", "CA2213", Justification = "The end disposes it, once for all who ask for it.")]
    private readonly RedisFollowers followers;

    private readonly RedisUpkeep upkeep;
    private readonly StoreRemoval removal;
    private readonly RedisJobs jobs;
    private readonly SingleEnd ending = new();

    private RedisStore(OpenedStore opened)
    {
        this.opened = opened;
        Info = opened.Info;
        records = new RecordReads(opened.Caller, opened.Clock, error => Translated(error, "read"));
        scans = new Scans(opened.Caller, Info.Limits);
        presence = new StorePresence(opened.Caller, Info.Epoch, opened.Location, opened.Time);
        feed = new FeedReads(opened.Caller, Info.Epoch, Info.Limits, opened.Location);
        committer = new Committer(opened.Caller, opened.Call, opened.Lane, Info, opened.Options);
        followers = new RedisFollowers(opened.Caller, opened.Options.PollInterval, opened.Time);
        upkeep = new RedisUpkeep(opened.Caller, Info, opened.Clock, opened.Salt, Swept);
        removal = new StoreRemoval(opened.Caller, Info, error => Translated(error, "remove"));
        jobs = new RedisJobs(this, opened, committer);
        followers.Heard = jobs.Wake;
    }

    /// <inheritdoc/>
    public StoreInfo Info { get; }

    /// <summary>How many records the read cache holds.</summary>
    internal int CachedRecords => opened.Cached?.Cache.Count ?? 0;

    /// <summary>Opens a store; where there is none of that name yet, an empty one is made.</summary>
    /// <param name="options">The settings, read once.</param>
    /// <param name="clock">Where the time comes from; null, or the system, means the server's.</param>
    /// <param name="cancellationToken">Ends the opening; nothing stays open.</param>
    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    /// <exception cref="CapabilityException">The server does not give the durability asked for.</exception>
    /// <exception cref="StoreException">No server can be reached, it refuses the user, is too old, throws keys away, or
    /// keeps something else under the name. It is left as it is.</exception>
    public static ValueTask<RedisStore> OpenAsync(
        RedisStoreOptions options, TimeProvider? clock = null, CancellationToken cancellationToken = default) =>
        OpenAsync(options, clock, new FunctionLibrary(), cancellationToken);

    /// <summary>Opens a store with a given version of the functions.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller owns the store.")]
    internal static async ValueTask<RedisStore> OpenAsync(
        RedisStoreOptions options, TimeProvider? clock, FunctionLibrary library, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        var opener = new RedisOpener(options.Copy(), library);
        try
        {
            return new RedisStore(await opener.OpenAsync(clock, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error) when (error is RedisException or InvalidDataException)
        {
            throw RedisErrors.Of(error, "open", opener.Location);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        CommitGuard.Check(keys, options, Info);
        var isDue = presence.IsDue(out var askedAt);
        var read = keys.Count == 1 && opened.Cached is null && !RecordReads.IsCut(options)
            ? records.ReadOneAsync(keys[0], options, cancellationToken)
            : ReadSomeAsync(keys, options, cancellationToken);
        return isDue ? HearAsync(read, askedAt, cancellationToken) : read;
    }

    /// <inheritdoc/>
    public async ValueTask<ScanPage> ScanAsync(ScanRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfEnded(cancellationToken);
        var limit = CommitGuard.Check(request, Info);
        try
        {
            var isDue = presence.IsDue(out var askedAt);
            var page = await scans.ReadAsync(request, limit, request.Now ?? opened.Clock.Now(), cancellationToken)
                .ConfigureAwait(false);
            if (isDue)
            {
                await presence.HearAsync(page.Items.Count > 0, askedAt, cancellationToken).ConfigureAwait(false);
            }

            return page;
        }
        catch (Exception error) when (error is RedisException or InvalidDataException)
        {
            throw Translated(error, "scan");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(commit);
        ThrowIfEnded(cancellationToken);
        var level = CommitGuard.Check(commit, Info);
        try
        {
            var committing = JobGuard.HasJobs(commit)
                ? jobs.CommitAsync(commit, level, cancellationToken)
                : committer.CommitAsync(commit, level, cancellationToken);
            var result = await committing.ConfigureAwait(false);
            if (result.IsCommitted)
            {
                followers.Pulse();
            }

            return result;
        }
        catch (Exception error) when (error is RedisException or InvalidDataException)
        {
            throw Translated(error, "commit to");
        }
        finally
        {
            // What was read before, or is being read, may be what the commit has replaced.
            opened.Cached?.Forget(commit);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfEnded(cancellationToken);
        var limit = CommitGuard.Check(request, Info);
        try
        {
            return await feed.ReadAsync(request, limit, request.Now ?? opened.Clock.Now(), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisException or InvalidDataException)
        {
            throw Translated(error, "read the feed of");
        }
    }

    /// <inheritdoc/>
    public async ValueTask WaitAsync(FeedCursor after, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);

        // The wait begins before the look: a commit in between is heard of.
        using var wait = followers.Begin();
        try
        {
            await followers.ListenAsync(cancellationToken).ConfigureAwait(false);
            var (seen, latest) = await feed.ResolveAsync(after, cancellationToken).ConfigureAwait(false);
            if (seen >= latest)
            {
                followers.Know(latest);
                await wait.Next.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is RedisException or InvalidDataException)
        {
            throw Translated(error, "wait for the feed of");
        }
    }

    /// <summary>Has the server tell of what others do, so that nothing is missed after a look.</summary>
    internal ValueTask ListenAsync(CancellationToken cancellationToken) => followers.ListenAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<MaintenanceReport> MaintainAsync(
        MaintenanceRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfEnded(cancellationToken);
        try
        {
            return await upkeep.RunAsync(request, request.Now ?? opened.Clock.Now(), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisException or InvalidDataException)
        {
            throw Translated(error, "look after");
        }
    }

    /// <inheritdoc/>
    public TFeature? Feature<TFeature>()
        where TFeature : class => this as TFeature ?? jobs as TFeature ?? removal as TFeature;

    /// <summary>Closes the connections. Commits under way may happen or not.</summary>
    public ValueTask DisposeAsync() => ending.RunAsync(EndAsync);

    private async ValueTask<ReadResult> ReadSomeAsync(
        KeyList keys, ReadOptions options, CancellationToken cancellationToken)
    {
        try
        {
            // More than one come out of one snapshot: only the server has that.
            return keys.Count == 1 && opened.Cached is { } cached
                ? new ReadResult(await cached.ReadAsync(keys[0], options, cancellationToken).ConfigureAwait(false))
                : new ReadResult(
                    await records.ReadManyAsync(keys, options, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error) when (error is RedisException or InvalidDataException)
        {
            throw Translated(error, "read");
        }
    }

    private async ValueTask<ReadResult> HearAsync(
        ValueTask<ReadResult> read, long askedAt, CancellationToken cancellationToken)
    {
        var result = await read.ConfigureAwait(false);
        var empty = 0;
        while (empty < result.Count && result[empty] is null)
        {
            empty++;
        }

        try
        {
            if (result.Count > 0)
            {
                await presence.HearAsync(empty < result.Count, askedAt, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (RedisException error)
        {
            throw Translated(error, "read");
        }

        return result;
    }

    private void Swept()
    {
        opened.Cached?.Cache.Clear();
        followers.Pulse();
    }

    private Exception Translated(Exception error, string doing) => ending.HasBegun
        ? new ObjectDisposedException(nameof(RedisStore))
        : RedisErrors.Of(error, doing, opened.Location);

    private async ValueTask EndAsync()
    {
        jobs.End();
        await followers.DisposeAsync().ConfigureAwait(false);
        await opened.DisposeAsync().ConfigureAwait(false);
    }

    private void ThrowIfEnded(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(ending.HasBegun, this);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
