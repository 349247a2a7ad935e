using Undercroft.Queries;

namespace Undercroft;

/// <summary>The documents of one collection.</summary>
/// <remarks>
/// Every write is one atomic commit. A write that names no revision is one that may overwrite, and says so by its name:
/// upsert. Inside a transaction nothing is written before its end, and reads see its own writes. Safe for many threads,
/// except inside a transaction.
/// </remarks>
/// <typeparam name="T">The type of the documents.</typeparam>
public interface IRepository<T>
{
    /// <summary>What the application said of the collection.</summary>
    CollectionDefinition<T> Definition { get; }

    /// <summary>Reads a document.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The document, or null where there is none.</returns>
    /// <exception cref="StoreException">The document is not of the type: <see cref="StoreErrorKind.Malformed"/>.
    /// </exception>
    ValueTask<Document<T>?> GetAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Says whether a document is there, also where it is not of the type.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<bool> ExistsAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Reads documents out of one snapshot.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A document, or null, for each id, in their order.</returns>
    /// <exception cref="StoreException">A document is not of the type, and is named:
    /// <see cref="StoreErrorKind.Malformed"/>. Read the collection as <see cref="RawJson"/> to see it.</exception>
    ValueTask<IReadOnlyList<Document<T>?>> GetManyAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken = default);

    /// <summary>Writes a document that is not there yet.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="value">The value.</param>
    /// <param name="options">Tags, expiry and durability; null means none, never and the default.</param>
    /// <param name="cancellationToken">Ends the wait; the write may still happen.</param>
    /// <exception cref="RevisionConflictException">There is one. Nothing was written.</exception>
    /// <exception cref="UniqueConflictException">A unique value is taken. Nothing was written.</exception>
    ValueTask<Document<T>> CreateAsync(
        string id, T value, WriteOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Writes a document that is there, if nobody has written it since it was read.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="expected">The revision it was read at.</param>
    /// <param name="value">The new value.</param>
    /// <param name="options">Tags, expiry and durability; null keeps what there is.</param>
    /// <param name="cancellationToken">Ends the wait; the write may still happen.</param>
    /// <exception cref="RevisionConflictException">It was written or deleted since. Nothing was written.</exception>
    /// <exception cref="UniqueConflictException">A unique value is taken. Nothing was written.</exception>
    ValueTask<Document<T>> UpdateAsync(
        string id,
        Revision expected,
        T value,
        WriteOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Writes documents whether they are there or not: the last writer wins. All of them or none.</summary>
    /// <param name="documents">Ids and values; each id once.</param>
    /// <param name="options">Tags, expiry and durability; null keeps what there is.</param>
    /// <param name="cancellationToken">Ends the wait; the write may still happen.</param>
    /// <exception cref="UniqueConflictException">A unique value is taken. Nothing was written.</exception>
    /// <exception cref="LimitExceededException">There are too many for one commit, which takes one less than
    /// <see cref="StoreLimits.OperationsMax"/>. Nothing was written.</exception>
    ValueTask<IReadOnlyList<Document<T>>> UpsertManyAsync(
        IReadOnlyList<KeyValuePair<string, T>> documents,
        WriteOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Writes documents that are not there yet. All of them or none.</summary>
    /// <param name="documents">Ids and values; each id once.</param>
    /// <param name="options">Tags, expiry and durability; null means none, never and the default.</param>
    /// <param name="cancellationToken">Ends the wait; the write may still happen.</param>
    /// <exception cref="RevisionConflictException">One is there. Nothing was written.</exception>
    /// <exception cref="UniqueConflictException">A unique value is taken. Nothing was written.</exception>
    /// <exception cref="LimitExceededException">There are too many for one commit, which takes one less than
    /// <see cref="StoreLimits.OperationsMax"/>. Nothing was written.</exception>
    ValueTask<IReadOnlyList<Document<T>>> CreateManyAsync(
        IReadOnlyList<KeyValuePair<string, T>> documents,
        WriteOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Reads a document, changes it and writes it back, again where somebody was faster.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="change">Makes the new value of the old one; it may run several times.</param>
    /// <param name="options">Tags, expiry and durability; null keeps what there is.</param>
    /// <param name="cancellationToken">Ends the wait; the write may still happen.</param>
    /// <returns>The document as written, or null where there is none.</returns>
    /// <exception cref="RevisionConflictException">Somebody was faster each time, up to
    /// <see cref="StorageOptions.WriteAttemptsMax"/>. Nothing was written.</exception>
    ValueTask<Document<T>?> PatchAsync(
        string id, Func<T, T> change, WriteOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Applies a JSON Merge Patch (RFC 7396): members replace, null removes, objects merge.</summary>
    /// <param name="id">The document.</param>
    /// <param name="mergePatch">The patch, as UTF-8 JSON.</param>
    /// <param name="options">Tags, expiry and durability; null keeps what there is.</param>
    /// <param name="cancellationToken">Ends the wait; the write may still happen.</param>
    /// <returns>The document as written, or null where there is none.</returns>
    /// <exception cref="StoreException">The patch is not JSON, or its result is not of the type:
    /// <see cref="StoreErrorKind.Malformed"/>. Nothing was written.</exception>
    ValueTask<Document<T>?> PatchJsonAsync(
        string id,
        ReadOnlyMemory<byte> mergePatch,
        WriteOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Deletes a document.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="expected">The revision it was read at; null deletes it at any. <see cref="Revision.None"/> is no
    /// revision, and refused.</param>
    /// <param name="cancellationToken">Ends the wait; the deletion may still happen.</param>
    /// <returns>Whether there was one. With <paramref name="expected"/> a missing document is a conflict.</returns>
    /// <exception cref="ArgumentException">The revision expected is <see cref="Revision.None"/>.</exception>
    /// <exception cref="RevisionConflictException">It is not at the revision expected. Nothing was deleted.</exception>
    ValueTask<bool> DeleteAsync(
        string id, Revision? expected = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes documents in one commit.</summary>
    /// <param name="ids">The ids; those that are not there are passed over.</param>
    /// <param name="cancellationToken">Ends the wait; the deletion may still happen.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="LimitExceededException">There are too many for one commit. Nothing was deleted.</exception>
    ValueTask<int> DeleteManyAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default);

    /// <summary>Begins a query: of everything, by id, until it is narrowed. Whatever it asks for fails with
    /// <see cref="StoreErrorKind.Malformed"/> where a document it would give is not of the type, and names it: read the
    /// collection as <see cref="RawJson"/> to see it.</summary>
    Query<T> Query();

    /// <summary>Follows the collection: what changed since a place, then what changes, until it is cancelled. A
    /// document that is not of the type comes with <see cref="DocumentChange{T}.Error"/>, and the walk goes on.
    /// </summary>
    /// <remarks>While nothing of the collection changes there is no place to keep: who stays for long follows with
    /// <see cref="FollowAsync"/>.</remarks>
    /// <param name="after">The place; <see cref="FeedCursor.Beginning"/> brings what there is first.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="CursorExpiredException">The feed cannot go on from the place: begin again.</exception>
    IAsyncEnumerable<DocumentChange<T>> ChangesAsync(
        FeedCursor after = default, CancellationToken cancellationToken = default);

    /// <summary>Follows the collection page by page, so that what was written together is seen together. With
    /// <see cref="FollowOptions.ProgressInterval"/> a place to keep comes also while nothing of it changes.</summary>
    /// <param name="after">The place; <see cref="FeedCursor.Beginning"/> brings what there is first.</param>
    /// <param name="options">How to follow, without collections and detail; null means for ever, without progress.
    /// </param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="ArgumentException">An option makes no sense here, and is named.</exception>
    /// <exception cref="CursorExpiredException">The feed cannot go on from the place: begin again.</exception>
    IAsyncEnumerable<DocumentChangePage<T>> FollowAsync(
        FeedCursor after = default, FollowOptions? options = null, CancellationToken cancellationToken = default);
}
