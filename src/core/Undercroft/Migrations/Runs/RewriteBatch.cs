using Undercroft.Backends;

namespace Undercroft.Migrations;

/// <summary>What one commit of a run does: documents rewritten, their originals kept, and the run as it is then.
/// </summary>
internal sealed class RewriteBatch(MigrationSession session, VersionedForm form, bool keepsOriginals)
{
    private readonly string originals = MigrationLedger.OriginalsOf(session.Run);
    private readonly List<StoreOperation> operations = [];
    private string? last = session.Run.Cursor;

    public IReadOnlyList<StoreOperation> Operations => operations;

    public MigrationRun Run { get; private set; } = session.Run;

    public long Bytes { get; private set; }

    /// <summary>Whether the last document added cannot be migrated.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Adds a document, whatever becomes of it.</summary>
    /// <param name="record">The document.</param>
    /// <param name="refusal">Why the store will not have it; null where nothing is known against it.</param>
    public void Add(StoreRecord record, string? refusal)
    {
        (last, Run) = (Run.Cursor, Run with { Examined = Run.Examined + 1, Cursor = record.Key.Id });
        HasFailed = false;
        try
        {
            if (form.VersionOf(record) != form.Current)
            {
                Rewrite(record, form.Read(record), refusal);
            }
        }
        catch (StoreException error)
        {
            HasFailed = true;
            Run = Run.Fail(new MigrationFailure(record.Key.Id, error.Message));
        }
    }

    /// <summary>Ends the run at the last document added, which it begins with when it goes on.</summary>
    public void Stop() => Run = Run with { State = MigrationState.Stopped, Cursor = last };

    public void Complete() => Run = Run with { State = MigrationState.Completed };

    private void Rewrite(StoreRecord before, StoreRecord after, string? refusal)
    {
        if (refusal is not null)
        {
            throw new StoreException(StoreErrorKind.Conflict, refusal);
        }

        // Asked before the commit, so that it is this document that fails, and not its batch.
        var put = Replace(after, before.Revision, session.Indexes);
        _ = CommitGuard.Check(new Commit(put), session.Storage.Info);
        operations.Add(put);
        if (keepsOriginals)
        {
            operations.Add(new PutOperation(new RecordKey(originals, before.Key.Id), before.Value)
            {
                Meta = before.Meta,
                ExpiresAt = before.ExpiresAt,
                CreatedAt = before.CreatedAt,
                UpdatedAt = before.UpdatedAt,
            });
        }

        Bytes += before.Value.Length + after.Value.Length;
        Run = Run with
        {
            Rewritten = Run.Rewritten + 1,
            BytesBefore = Run.BytesBefore + before.Value.Length,
            BytesAfter = Run.BytesAfter + after.Value.Length,
        };
    }

    /// <summary>Makes the operation that puts a record in place of another, times and all.</summary>
    public static PutOperation Replace(StoreRecord record, Revision expected, CollectionIndexes indexes) =>
        new(record.Key, record.Value, WriteCondition.At(expected))
        {
            Meta = record.Meta,
            ExpiresAt = record.ExpiresAt,
            CreatedAt = record.CreatedAt,
            UpdatedAt = record.UpdatedAt,
            Entries = indexes.EntriesOf(record.Key, record.Value, record.Meta),
        };
}
