using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Npgsql;
using Undercroft.Backends;
using Undercroft.Jobs;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Jobs;
using Undercroft.Postgres.Reading;
using Undercroft.Postgres.Schema;
using Undercroft.Postgres.Upkeep;
using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres;

/// <summary>Keeps a store in a PostgreSQL database, version 15 or later. Any number of processes may have it open and
/// write.</summary>
/// <remarks>
/// A commit is one round trip. Commits that wait share one transaction, each with a verdict of its own. Calls are tried
/// again while the server is away; a commit whose answer was lost is looked up, never guessed.
/// </remarks>
public sealed class PostgresStore : IStore
{
    private readonly PostgresSource source;
    private readonly StoreClock clock;
    private readonly KeyReader keyed;
    private readonly PageReader pages;
    private readonly FeedReader feed;
    private readonly PostgresFollowers followers;
    private readonly CommitLanes lanes;
    private readonly PostgresJobs jobs;
    private readonly PostgresUpkeep upkeep;
    private readonly TenantRemoval removal;
    private readonly Meter meter = new(UndercroftDiagnostics.SourceName);
    private readonly SingleEnd ending = new();

    private PostgresStore(
        PostgresSource source, PostgresStoreOptions options, SqlText sql, OpenedTenant tenant, TimeProvider time)
    {
        this.source = source;
        clock = new StoreClock(time, tenant.Clock);
        var limits = options.Limits with
        {
            EntryKeyBytesMax = Math.Min(options.Limits.EntryKeyBytesMax, EntryKeyBytesMax),
        };
        Durability[] levels = tenant.CanSync
            ? [Durability.Memory, Durability.Os, Durability.Disk]
            : [Durability.Memory, Durability.Os];
        Info = new StoreInfo
        {
            Backend = PostgresErrors.Backend,
            Location = source.Place.ToString(),
            Epoch = tenant.Epoch,
            Capabilities = StoreCapabilities.Persistent | StoreCapabilities.SharedWriters |
                StoreCapabilities.Jobs | (options.ReadOnly ? StoreCapabilities.ReadOnly : default),
            Limits = limits,
            DurabilityLevels = levels,
            DefaultDurability = options.DefaultDurability ?? levels[^1],
        };
        var names = new IndexNames(sql, tenant.Number, options.Views);
        var sessions = new MarkedSessions(options.Schema, options.TransactionPooler);
        var segments = new Segments(sql, sessions);
        keyed = new KeyReader(sql, tenant.Number);
        pages = new PageReader(sql, names, limits, tenant.Number);
        feed = new FeedReader(source, sql, limits, tenant, options.HorizonWait, clock);
        followers = new PostgresFollowers(
            source, feed, options.PollInterval,
            options.Listen && !options.TransactionPooler
                ? FormattableString.Invariant($"{options.Schema}_{tenant.Number}") : null,
            time);
        lanes = new CommitLanes(options, () => new CommitSender(
            source, sql, names, segments, sessions, clock, Info, tenant.Number, time, followers.Pulse));
        jobs = new PostgresJobs(
            new PostgresJobsNeeds(
                source, sql, tenant.Number, names, segments, clock, lanes, followers, time),
            options, Info);
        removal = new TenantRemoval(source, sql, Info, tenant.Number);
        upkeep = new PostgresUpkeep(source, sql, segments, feed, Info, tenant.Number, clock, followers.Pulse);
        _ = meter.CreateObservableGauge(
            PostgresDiagnostics.FeedHorizonLag, () => feed.Lag, unit: "s",
            description: "For how long the oldest commit that followers are not shown yet has been held back.");
    }

    /// <summary>The longest index key: with an id and a collection it must fit an entry of the server's indexes.
    /// </summary>
    internal const int EntryKeyBytesMax = 1400;

    /// <inheritdoc/>
    public StoreInfo Info { get; }

    /// <summary>Opens a store; where its schema, tables or tenant are missing or old, they are made or brought up to
    /// date.</summary>
    /// <param name="options">The settings, read once.</param>
    /// <param name="clock">Where the time comes from; null means the system.</param>
    /// <param name="cancellationToken">Ends the opening; what was made stays.</param>
    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    /// <exception cref="StoreException">The server cannot be reached, does not let the user in, is too old, or the
    /// schema is newer than this code. It is left as it is.</exception>
    public static ValueTask<PostgresStore> OpenAsync(
        PostgresStoreOptions options, TimeProvider? clock = null, CancellationToken cancellationToken = default) =>
        OpenAsync(options, SchemaSteps.All, clock, cancellationToken);

    /// <summary>Opens a store as code of another version would.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller owns the store.")]
    internal static async ValueTask<PostgresStore> OpenAsync(
        PostgresStoreOptions options,
        IReadOnlyList<Migration> migrations,
        TimeProvider? clock,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        var time = clock is null || ReferenceEquals(clock, TimeProvider.System)
            ? new ServerTime(TimeProvider.System)
            : clock;
        var settings = options.Copy();
        var sql = new SqlText(settings.Schema);
        PostgresSource? source = new(settings);
        try
        {
            var opening = new StoreOpening(settings, sql, source.Place, migrations);
            var tenant = await source.RunAsync(
                (connection, token) => opening.OpenAsync(connection, time, token),
                "open the store", cancellationToken).ConfigureAwait(false);
            if (settings.DefaultDurability == Durability.Disk && !tenant.CanSync)
            {
                throw PostgresErrors.Refuse(
                    StoreErrorKind.Unsupported, source.Place, "the server runs with fsync = off and promises no disk",
                    "Turn fsync on, or ask for the durability 'os'.");
            }

            source.StayAt(tenant.Home.Place);
            var fence = new TableFence(settings.Schema, tenant.Home.Table);
            var store = new PostgresStore(source, settings, new SqlText(settings.Schema, fence), tenant, time);
            source = null;
            return store;
        }
        finally
        {
            if (source is not null)
            {
                await source.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        CommitGuard.Check(keys, options, Info);
        var now = options.Now ?? clock.Now();
        return keys.Count == 1
            ? new ReadResult(await source.RunAsync(
                (connection, token) => keyed.FindAsync(connection, keys[0], options, now, token),
                "read", cancellationToken).ConfigureAwait(false))
            : new ReadResult(await source.RunAsync(
                (connection, token) => keyed.ReadAsync(connection, keys, options, now, token),
                "read", cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public ValueTask<ScanPage> ScanAsync(ScanRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfEnded(cancellationToken);
        var limit = CommitGuard.Check(request, Info);
        var now = request.Now ?? clock.Now();
        return source.RunAsync(
            (connection, token) => pages.ReadAsync(connection, request, limit, now, token), "scan", cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(commit);
        ThrowIfEnded(cancellationToken);
        var level = CommitGuard.Check(commit, Info);
        if (JobGuard.HasJobs(commit))
        {
            return jobs.CommitAsync(commit, level, cancellationToken);
        }

        return lanes.SubmitAsync(new CommitJob(commit, level, commit.Now ?? clock.Now()), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ChangePage> ChangesAsync(ChangesRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfEnded(cancellationToken);
        var limit = CommitGuard.Check(request, Info);
        return feed.ReadAsync(request, limit, request.Now ?? clock.Now(), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask WaitAsync(FeedCursor after, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);

        // The wait begins before the look: a commit in between is heard of.
        using var wait = followers.Begin();
        ThrowIfEnded(cancellationToken);
        var (hasMore, latest) = await feed.LookAsync(after, cancellationToken).ConfigureAwait(false);
        if (!hasMore)
        {
            followers.Know(latest);
            await wait.Next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask<MaintenanceReport> MaintainAsync(
        MaintenanceRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfEnded(cancellationToken);
        return upkeep.RunAsync(request, request.Now ?? clock.Now(), cancellationToken);
    }

    /// <inheritdoc/>
    public TFeature? Feature<TFeature>()
        where TFeature : class => this as TFeature ?? jobs as TFeature ?? removal as TFeature;

    /// <summary>Lets the commits that wait end, then closes the connections.</summary>
    public ValueTask DisposeAsync() => ending.RunAsync(EndAsync);

    private async ValueTask EndAsync()
    {
        meter.Dispose();
        await jobs.DisposeAsync().ConfigureAwait(false);
        await lanes.DisposeAsync().ConfigureAwait(false);
        await source.CloseAsync().ConfigureAwait(false);
        await followers.DisposeAsync().ConfigureAwait(false);
        await source.DisposeAsync().ConfigureAwait(false);
    }

    private void ThrowIfEnded(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(ending.HasBegun, this);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
