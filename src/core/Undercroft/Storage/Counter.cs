using System.Buffers.Binary;

namespace Undercroft;

/// <summary>A number that many may add to at once without ever conflicting.</summary>
public sealed class Counter
{
    internal const string Collection = "$counters";

    private readonly IDocumentScope scope;

    internal Counter(IDocumentScope scope, string name)
    {
        this.scope = scope;
        Key = new RecordKey(Collection, name);
    }

    /// <summary>The record that holds the number.</summary>
    internal RecordKey Key { get; }

    /// <summary>Adds to the counter. Inside a transaction it is added with the commit, and never makes it conflict.
    /// </summary>
    /// <param name="delta">What to add; negative subtracts.</param>
    /// <param name="cancellationToken">Ends the wait; the addition may still happen.</param>
    /// <returns>The new value; inside a transaction, the value as it would be now.</returns>
    /// <exception cref="StoreException">The sum leaves the range of 64 bits. Nothing was added.</exception>
    public async ValueTask<long> AddAsync(long delta, CancellationToken cancellationToken = default)
    {
        if (scope.Buffer is { } buffer)
        {
            var after = Sum(await GetAsync(cancellationToken).ConfigureAwait(false), delta);
            _ = Sum(buffer.AddedTo(Key), delta);
            buffer.Add(Key, delta);
            return after;
        }

        var add = new AddOperation(Key, delta);
        var result = await ((DirectScope)scope).CommitAsync([add], null, cancellationToken).ConfigureAwait(false);
        return result.IsCommitted
            ? result.Counters[0]
            : throw Conflicts.ToException(result.Conflicts, static _ => default);
    }

    /// <summary>Reads the counter; one that was never added to is 0. Inside a transaction the commit does not depend
    /// on the value read.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreException">With what the transaction has added, the value leaves the range of 64 bits.
    /// </exception>
    public async ValueTask<long> GetAsync(CancellationToken cancellationToken = default)
    {
        var read = await scope.Storage.Store
            .ReadAsync(Key, default, cancellationToken)
            .ConfigureAwait(false);
        var stored = read[0] is { } record ? BinaryPrimitives.ReadInt64BigEndian(record.Value.Span) : 0;
        return Sum(stored, scope.Buffer?.AddedTo(Key) ?? 0);
    }

    private long Sum(long value, long delta)
    {
        try
        {
            return checked(value + delta);
        }
        catch (OverflowException)
        {
            throw Conflicts.ToException(
                [new CommitConflict(0, Key, ConflictKind.CounterOverflow, Revision.None)], static _ => default);
        }
    }
}
