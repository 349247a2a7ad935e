using System.Text.Json.Serialization.Metadata;
using Undercroft.Backends;
using Undercroft.Blobs;
using Undercroft.Indexes;
using Undercroft.Jobs;

namespace Undercroft;

/// <summary>An application's storage: repositories, transactions, counters and the feed, on one store.</summary>
/// <remarks>Safe for many threads. Disposing it disposes the store.</remarks>
public sealed class Storage : IAsyncDisposable
{
    private readonly DirectScope scope;
    private readonly TransactionRunner transactions;
    private readonly ExpirySweeper? sweeper;
    private readonly StoreClock clock;
    private readonly SingleEnd ending = new();

    /// <summary>Puts a storage on a store: ours or a caller's own.</summary>
    /// <param name="store">The store; the storage owns it from now on, unless this throws.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <exception cref="ArgumentException">A setting makes no sense, and is named.</exception>
    /// <exception cref="StoreException">The store would refuse each commit for its
    /// <see cref="StorageOptions.Durability"/> or <see cref="StorageOptions.Origin"/>.</exception>
    public Storage(IStore store, StorageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        Options = (options ?? new StorageOptions()).Copy();
        Options.Validate();
        CommitGuard.CheckDefaults(Options.Durability, Options.Origin, store.Info);
        Store = store;
        clock = new StoreClock(Options.Clock);
        Events = new StorageEvents();
        Meter = new StorageMeter(store.Info.Backend, Options, Events);
        Catalog = new IndexCatalog(store, Options.Clock);
        Turns = new TurnLines(Options.Clock);
        scope = new DirectScope(this);
        Jobs = JobStore.For(scope);
        transactions = new TransactionRunner(this);
        Blobs = new BlobStore(this, scope);
        sweeper = Options.SweepInterval == Timeout.InfiniteTimeSpan ||
            store.Info.Capabilities.HasFlag(StoreCapabilities.ReadOnly)
                ? null
                : new ExpirySweeper(store, Options, Events);
    }

    /// <summary>The store below.</summary>
    public IStore Store { get; }

    /// <summary>What the store is and can do.</summary>
    public StoreInfo Info => Store.Info;

    /// <summary>Bytes of any length, under names.</summary>
    public BlobStore Blobs { get; }

    /// <summary>The jobs, for workers and tools; what makes jobs is <see cref="Queue{T}(JobDefinition{T})"/>.</summary>
    public JobStore Jobs { get; }

    /// <summary>Where handlers of commits, failures and slow queries are added.</summary>
    public StorageEvents Events { get; }

    /// <summary>What this storage has done since it was made.</summary>
    public StorageStatistics Statistics => Meter.Snapshot();

    internal StorageOptions Options { get; }

    internal StorageMeter Meter { get; }

    internal IndexCatalog Catalog { get; }

    internal TurnLines Turns { get; }

    /// <summary>Opens the store a URI names and puts a storage on it.</summary>
    /// <param name="uri">The store, such as <c>sqlite:app.db</c>, <c>file:./data</c> or <c>memory:</c>.</param>
    /// <param name="schemes">The kinds of stores known; null knows <c>memory:</c> only.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <param name="cancellationToken">Ends the opening; nothing stays open.</param>
    /// <exception cref="ArgumentException">The URI is malformed, nobody knows its scheme, or a setting makes no sense.
    /// </exception>
    /// <exception cref="StoreException">The store cannot be opened, or does not reach
    /// <see cref="StorageOptions.Durability"/>.</exception>
    public static async ValueTask<Storage> OpenAsync(
        string uri,
        StoreSchemes? schemes = null,
        StorageOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new StorageOptions();
        options.Validate();
        var store = await (schemes ?? new StoreSchemes())
            .OpenAsync(uri, options.Clock, cancellationToken)
            .ConfigureAwait(false);
        return await OnAsync(store, options).ConfigureAwait(false);
    }

    /// <summary>Gives the documents of a collection. Its indexes are built at the first use, where they are new.
    /// </summary>
    public IRepository<T> Repository<T>(CollectionDefinition<T> definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return new Repository<T>(definition, scope);
    }

    /// <summary>Declares and builds a collection's indexes now, rather than at the first use, and raises the collection
    /// to the version of the definition's documents.</summary>
    /// <param name="definition">The collection.</param>
    /// <param name="cancellationToken">Ends the work; it goes on where it was at the next use.</param>
    /// <exception cref="UniqueConflictException">Two documents there are share a unique value. The new indexes are
    /// taken back: writers go on as if they had not been declared.</exception>
    public async ValueTask PrepareAsync<T>(
        CollectionDefinition<T> definition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        _ = await Catalog.GetAsync(definition.Shape, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the queue of a kind of jobs.</summary>
    public IJobQueue<T> Queue<T>(JobDefinition<T> definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return new JobQueue<T>(definition, scope);
    }

    /// <summary>Gives the queue of a kind of jobs.</summary>
    /// <param name="kind">The kind: a stable name.</param>
    /// <param name="typeInfo">How its payload is written.</param>
    public IJobQueue<T> Queue<T>(string kind, JsonTypeInfo<T> typeInfo) =>
        Queue(new JobDefinition<T>(kind, typeInfo));

    /// <summary>Gives a counter. It is made by its first addition.</summary>
    public Counter Counter(string name) => new(scope, name);

    /// <summary>Runs a body that reads and writes, and commits all it wrote at once; where somebody else was faster, it
    /// runs again.</summary>
    /// <param name="body">What to do. It may run several times: it should touch nothing but the transaction.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <param name="cancellationToken">Ends the wait; the commit may still happen if it had begun.</param>
    /// <returns>Where the transaction was committed.</returns>
    /// <exception cref="TransactionConflictException">Others were faster each time, or the body wrote past the
    /// transaction what it met in it. Nothing of the transaction was written.</exception>
    /// <exception cref="UniqueConflictException">A unique value is taken. Nothing was written.</exception>
    /// <exception cref="LimitExceededException">It writes, and has met more records than its store takes in one commit;
    /// it is refused where it meets that one. Nothing was written.</exception>
    /// <remarks>What was read by key is serializable, a missing key included. What a query returned is checked document
    /// by document; what it did not return is not: use a unique index, a counter, or
    /// <see cref="ITransaction.GuardAsync"/>.</remarks>
    public ValueTask<TransactionResult> TransactionAsync(
        Func<ITransaction, ValueTask> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return transactions.RunAsync(body, options ?? TransactionOptions.Default, cancellationToken);
    }

    /// <summary>The same for a body that gives a value.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="body">What to do. It may run several times: it should touch nothing but the transaction.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <param name="cancellationToken">Ends the wait; the commit may still happen if it had begun. Nobody is told the
    /// value then.</param>
    /// <returns>Where the transaction was committed, and what the body gave in that run. Revisions of documents in it
    /// are negative: they come to be with the commit, and are <see cref="TransactionResult.Revision"/>.</returns>
    /// <exception cref="TransactionConflictException">Others were faster each time, or the body wrote past the
    /// transaction what it met in it. Nothing of the transaction was written.</exception>
    /// <exception cref="UniqueConflictException">A unique value is taken. Nothing was written.</exception>
    /// <exception cref="LimitExceededException">It writes, and has met more records than its store takes in one commit;
    /// it is refused where it meets that one. Nothing was written.</exception>
    public async ValueTask<TransactionResult<T>> TransactionAsync<T>(
        Func<ITransaction, ValueTask<T>> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        var value = default(T)!;
        var result = await transactions
            .RunAsync(
                async tx => value = await body(tx).ConfigureAwait(false),
                options ?? TransactionOptions.Default,
                cancellationToken)
            .ConfigureAwait(false);
        return new TransactionResult<T>(result, value);
    }

    /// <summary>Follows the feed: what changed since a place, then what changes, until it is cancelled.</summary>
    /// <param name="after">The place.</param>
    /// <param name="options">What to follow; null means everything.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <returns>Pages of changes that never end inside a commit, each with the place to go on from; with
    /// <see cref="FollowOptions.ProgressInterval"/> or <see cref="FollowOptions.TellsHeldBack"/> pages without changes
    /// too.</returns>
    /// <exception cref="ArgumentException">The page size or the interval makes no sense.</exception>
    /// <exception cref="CursorExpiredException">The feed cannot go on from the place: begin again.</exception>
    public IAsyncEnumerable<ChangePage> FollowAsync(
        FeedCursor after = default, FollowOptions? options = null, CancellationToken cancellationToken = default) =>
        new FeedWalk(Store, Options.Clock, options ?? FollowOptions.Default).RunAsync(after, cancellationToken);

    /// <summary>Lists the indexes of a collection, those of other processes too.</summary>
    public async ValueTask<IReadOnlyList<IndexDefinition>> IndexesAsync(
        string collection, CancellationToken cancellationToken = default)
    {
        RecordKey.CheckCollection(collection);
        return (await Catalog.ReadAsync(collection, cancellationToken).ConfigureAwait(false)).All;
    }

    /// <summary>Drops the indexes of a collection under a name, with all their entries: what no program declares any
    /// more is kept up, and a unique index enforced, until somebody drops it.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="name">The name it was declared with. Where the store keeps several definitions under it, all are
    /// dropped.</param>
    /// <param name="cancellationToken">Ends the work. The index may be gone already, and entries of it still take
    /// space: drop it again.</param>
    /// <returns>What was dropped; empty where there was no such index.</returns>
    /// <remarks>A program that still declares the index builds it again with its next query or write. Documents that
    /// had entries in it get a new revision; their values and times stay.</remarks>
    /// <exception cref="StoreException">The store cannot be read or written.</exception>
    public ValueTask<IReadOnlyList<IndexDefinition>> DropIndexAsync(
        string collection, string name, CancellationToken cancellationToken = default)
    {
        RecordKey.CheckCollection(collection);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Catalog.DropAsync(collection, name, cancellationToken);
    }

    /// <summary>Ends the sweeps and disposes the store. Doing it again waits for the same end.</summary>
    public ValueTask DisposeAsync() => ending.RunAsync(EndAsync);

    /// <summary>Puts a storage on a store that was opened for it: where it cannot be, the store is closed again.
    /// </summary>
    internal static async ValueTask<Storage> OnAsync(IStore store, StorageOptions options)
    {
        try
        {
            return new Storage(store, options);
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The time to reckon expiry from: the store's own, as far as it has been heard, for that is what decides.
    /// </summary>
    internal DateTimeOffset Now() => clock.Now();

    /// <summary>Tells what time the store had at a commit.</summary>
    internal void Heard(DateTimeOffset now) => clock.Advance(now);

    private async ValueTask EndAsync()
    {
        if (sweeper is not null)
        {
            await sweeper.DisposeAsync().ConfigureAwait(false);
        }

        Meter.Dispose();
        await Store.DisposeAsync().ConfigureAwait(false);
    }
}
