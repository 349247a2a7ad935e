namespace Undercroft;

/// <summary>One atomic domain: one ordered keyspace, one feed. The port that backends and layers keep, and that
/// everything else is built on.</summary>
/// <remarks>
/// The laws are tests: see <c>Undercroft.Conformance</c>. All members may be called from many threads at once. After
/// disposal every call throws <see cref="ObjectDisposedException"/>. A call whose token is cancelled before it begins
/// throws <see cref="OperationCanceledException"/> and does nothing. Time is the store's clock, which never goes back,
/// nor behind the last commit when the store is opened again; or the <c>Now</c> a call hands in.
/// </remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>What the store is and can do. Constant while it is open.</summary>
    StoreInfo Info { get; }

    /// <summary>Reads records by key, out of one snapshot that holds every commit acknowledged before the call.
    /// </summary>
    /// <param name="keys">One key or many.</param>
    /// <param name="options">What to bring back.</param>
    /// <param name="cancellationToken">Ends the wait; a read leaves nothing behind.</param>
    /// <returns>A record, or null, for each key.</returns>
    /// <exception cref="LimitExceededException">There are too many keys.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default);

    /// <summary>Reads one page of a collection, in the byte order of its ids or of one of its indexes, forward or back.
    /// </summary>
    /// <param name="request">What to read and where to go on.</param>
    /// <param name="cancellationToken">Ends the wait; a read leaves nothing behind.</param>
    /// <returns>A page that is one snapshot. Two pages are not one with each other.</returns>
    /// <exception cref="ArgumentException">The limit is not positive or the range does not fit the request.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    ValueTask<ScanPage> ScanAsync(ScanRequest request, CancellationToken cancellationToken = default);

    /// <summary>Applies a commit, whole, or nothing of it.</summary>
    /// <param name="commit">The operations and their conditions.</param>
    /// <param name="cancellationToken">Ends the wait. The commit may still happen: retry it with the same
    /// <see cref="Commit.Identity"/>, or read before retrying.</param>
    /// <returns>The revision, or the conflicts: a lost condition is a result, not an exception.</returns>
    /// <exception cref="ArgumentException">A key is written twice, or the commit has no operation.</exception>
    /// <exception cref="LimitExceededException">A limit is exceeded; nothing was written.</exception>
    /// <exception cref="CapabilityException">The durability level is not offered; nothing was written.</exception>
    /// <exception cref="CommitIdentityException">The identity belongs to another commit; nothing was written.
    /// </exception>
    /// <exception cref="StoreException">The store cannot be written. Unless its <see cref="StoreException.Kind"/> says
    /// otherwise, whether the commit happened is unknown: retry it with the same identity.</exception>
    ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default);

    /// <summary>Reads one page of the feed: what changed since a cursor, deletions too. Nothing committed is ever
    /// missed, nothing comes twice within a page.</summary>
    /// <param name="request">From where, what and how much.</param>
    /// <param name="cancellationToken">Ends the wait; a read leaves nothing behind.</param>
    /// <exception cref="CursorExpiredException">The feed cannot go on from the cursor: rescan.</exception>
    /// <exception cref="ArgumentException">The cursor is not one of a store, or the limit is not positive.</exception>
    ValueTask<ChangePage> ChangesAsync(ChangesRequest request, CancellationToken cancellationToken = default);

    /// <summary>Waits until there may be something in the feed after a cursor: at once where there is. It may return
    /// for nothing; then wait again.</summary>
    /// <param name="after">The place to wait behind; <see cref="FeedCursor.End"/> means now.</param>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="CursorExpiredException">The feed cannot go on from the cursor: rescan.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed while waiting.</exception>
    ValueTask WaitAsync(FeedCursor after, CancellationToken cancellationToken = default);

    /// <summary>Sweeps, compacts, verifies, measures or backs up the store.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="cancellationToken">Ends the work between two steps; what is done stays done, a backup half written
    /// is removed.</param>
    /// <exception cref="CapabilityException">The store cannot do this.</exception>
    ValueTask<MaintenanceReport> MaintainAsync(
        MaintenanceRequest request, CancellationToken cancellationToken = default);

    /// <summary>Asks for something only some stores have. Layers pass the question on, so never cast a store.</summary>
    /// <returns>The feature, or null.</returns>
    TFeature? Feature<TFeature>()
        where TFeature : class;
}
