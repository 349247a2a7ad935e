using Undercroft.Copies;

namespace Undercroft.Migrations;

/// <summary>What one commit of a rollback does.</summary>
internal sealed class RestoreBatch(
    MigrationSession session, MigrationChain chain, VersionedForm target, RollbackMode mode)
{
    private readonly List<StoreOperation> operations = [];
    private readonly string before = session.Run.Before ?? chain.Baseline;

    public IReadOnlyList<StoreOperation> Operations => operations;

    public MigrationRun Run { get; private set; } = session.Run;

    public int Added { get; private set; }

    public long Bytes { get; private set; }

    private MigrationRollback Report
    {
        get => Run.Rollback!;
        set => Run = Run with { Rollback = value };
    }

    /// <summary>Adds a document that was migrated.</summary>
    /// <param name="original">Its original.</param>
    /// <param name="now">What is there now; null where it was deleted.</param>
    public void AddOriginal(StoreRecord original, StoreRecord? now)
    {
        Pass(original.Key.Id, original.Value.Length);
        if (mode == RollbackMode.OverwriteChanged || (now is not null && IsAsMigrated(original, now)))
        {
            Restore(original, now);
        }
        else if (now is null)
        {
            Report = Report.Keep(original.Key.Id, "It was deleted since.");
        }
        else
        {
            TakeDown(now, target.VersionOf(original), original.Key);
        }
    }

    /// <summary>Adds a document of the collection that may have been written at the new version to begin with.
    /// </summary>
    public void AddWithoutOriginal(string id, StoreRecord? now, bool hasOriginal)
    {
        Pass(id, now?.Value.Length ?? 0);
        if (now is not null && !hasOriginal && now.Meta[DocumentForm.MetaName] == session.Run.Target)
        {
            TakeDown(now, before, null);
        }
    }

    public void EndPhase(bool isSecond) => Run = isSecond
        ? Run with { State = MigrationState.RolledBack }
        : Run with { Cursor = null, Rollback = Report with { IsPastOriginals = true } };

    private void Pass(string id, int bytes)
    {
        Run = Run with { Cursor = id };
        Bytes += 2L * bytes;
        Added++;
    }

    // The commit that rewrote a document kept its original, so they have one revision; an index built later gives the
    // document another one, and nothing else. A copy may give one revision to what had two, but keeps the times, and
    // only a rewrite leaves those alone; a restore gives them two, and notes in each which it had.
    private bool IsAsMigrated(StoreRecord original, StoreRecord now)
    {
        if (now.UpdatedAt != original.UpdatedAt || now.ExpiresAt != original.ExpiresAt)
        {
            return false;
        }

        if (now.Revision == original.Revision)
        {
            return true;
        }

        try
        {
            var migrated = target.Read(original);
            return now.Value.Span.SequenceEqual(migrated.Value.Span) &&
                now.Meta.Without(Passengers.SourceRevision).Equals(migrated.Meta.Without(Passengers.SourceRevision));
        }
        catch (StoreException)
        {
            return false;
        }
    }

    private void Restore(StoreRecord original, StoreRecord? now)
    {
        var record = Under(session.Run.Collection, original);
        operations.Add(RewriteBatch.Replace(record, now?.Revision ?? Revision.None, session.Indexes));
        operations.Add(new DeleteOperation(original.Key, WriteCondition.At(original.Revision)));
        Report = Report with { Restored = Report.Restored + 1 };
    }

    private void TakeDown(StoreRecord now, string version, RecordKey? original)
    {
        if (mode != RollbackMode.TakeDownChanged)
        {
            Report = Report.Keep(now.Key.Id, original is null ? "It has no original." : "It was written since.");
            return;
        }

        try
        {
            var down = new VersionedForm(chain.To(version)).Read(now);
            operations.Add(RewriteBatch.Replace(down, now.Revision, session.Indexes));
            if (original is { } kept)
            {
                operations.Add(new DeleteOperation(kept, WriteCondition.Present));
            }

            Report = Report with { TakenDown = Report.TakenDown + 1 };
        }
        catch (StoreException error)
        {
            Report = Report.Keep(now.Key.Id, error.Message);
        }
    }

    private static StoreRecord Under(string collection, StoreRecord record) => new()
    {
        Key = new RecordKey(collection, record.Key.Id),
        Revision = record.Revision,
        Value = record.Value,
        CreatedAt = record.CreatedAt,
        UpdatedAt = record.UpdatedAt,
        ExpiresAt = record.ExpiresAt,
        Meta = record.Meta,
    };
}
