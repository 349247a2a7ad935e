using Undercroft.Queries;

namespace Undercroft;

/// <summary>The one repository there is, on a storage or in a transaction.</summary>
internal sealed class Repository<T>(CollectionDefinition<T> definition, IDocumentScope scope) : IRepository<T>
{
    private readonly StorageMeter meter = scope.Storage.Meter;

    public CollectionDefinition<T> Definition { get; } = definition;

    public ValueTask<Document<T>?> GetAsync(string id, CancellationToken cancellationToken = default)
    {
        var operation = meter.Begin(StorageOperation.Read);
        var read = scope.ReadAsync(RecordKey.In(Definition.Name, id), default, cancellationToken);
        return read.IsCompletedSuccessfully
            ? new(Finish(read.Result[0], operation))
            : Awaited(this, read, operation);

        static async ValueTask<Document<T>?> Awaited(
            Repository<T> self, ValueTask<ReadResult> read, MeteredOperation operation)
        {
            try
            {
                return self.Finish((await read.ConfigureAwait(false))[0], operation);
            }
            catch (Exception error)
            {
                self.meter.Fail(operation, error);
                throw;
            }
        }
    }

    public async ValueTask<bool> ExistsAsync(string id, CancellationToken cancellationToken = default)
    {
        using var operation = meter.Watch(StorageOperation.Read);
        var options = new ReadOptions { Detail = RecordDetail.Keys };
        var read = await scope
            .ReadAsync(RecordKey.In(Definition.Name, id), options, cancellationToken)
            .ConfigureAwait(false);
        operation.Succeed(read[0] is null ? 0 : 1);
        return read[0] is not null;
    }

    public async ValueTask<IReadOnlyList<Document<T>?>> GetManyAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count == 0)
        {
            return [];
        }

        using var operation = meter.Watch(StorageOperation.Read);
        var keys = new RecordKey[ids.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = RecordKey.In(Definition.Name, ids[i]);
        }

        var found = await scope.ReadAsync(keys, default, cancellationToken).ConfigureAwait(false);
        var documents = new Document<T>?[keys.Length];
        for (var i = 0; i < documents.Length; i++)
        {
            documents[i] = Decode(found[i]);
        }

        operation.Succeed(documents.Length);
        return documents;
    }

    public async ValueTask<Document<T>> CreateAsync(
        string id, T value, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var operation = meter.Watch(StorageOperation.Write);
        var draft = DocumentDraft.Over(
            RecordKey.In(Definition.Name, id), Encode(value), WriteCondition.Absent, null, options,
            scope.Storage.Now(), Definition.Form);
        var written = await WriteAsync([draft], [value], options, cancellationToken).ConfigureAwait(false);
        operation.Succeed(1);
        return written[0];
    }

    public async ValueTask<IReadOnlyList<Document<T>>> CreateManyAsync(
        IReadOnlyList<KeyValuePair<string, T>> documents,
        WriteOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        if (documents.Count == 0)
        {
            return [];
        }

        using var operation = meter.Watch(StorageOperation.Write);
        var now = scope.Storage.Now();
        var drafts = documents
            .Select(document => DocumentDraft.Over(
                RecordKey.In(Definition.Name, document.Key), Encode(document.Value), WriteCondition.Absent, null,
                options, now, Definition.Form))
            .ToList();
        var written = await WriteAsync(drafts, [.. documents.Select(static d => d.Value)], options, cancellationToken)
            .ConfigureAwait(false);
        operation.Succeed(written.Count);
        return written;
    }

    public async ValueTask<Document<T>> UpdateAsync(
        string id,
        Revision expected,
        T value,
        WriteOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        using var operation = meter.Watch(StorageOperation.Write);
        var key = RecordKey.In(Definition.Name, id);
        if (expected == Revision.None)
        {
            throw new ArgumentException(
                $"An update of {Names.Show(key.ToString())} needs the revision it was read at; found none. Read it " +
                "first, create it, or upsert it.",
                nameof(expected));
        }

        var head = await HeadAsync(key, cancellationToken).ConfigureAwait(false);
        if (head?.Revision != expected)
        {
            throw new RevisionConflictException(key, expected, head?.Revision ?? Revision.None);
        }

        var draft = DocumentDraft.Over(
            key, Encode(value), WriteCondition.At(expected), head, options, scope.Storage.Now(), Definition.Form);
        var written = await WriteAsync([draft], [value], options, cancellationToken).ConfigureAwait(false);
        operation.Succeed(1);
        return written[0];
    }

    public async ValueTask<IReadOnlyList<Document<T>>> UpsertManyAsync(
        IReadOnlyList<KeyValuePair<string, T>> documents,
        WriteOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        if (documents.Count == 0)
        {
            return [];
        }

        DocumentBatch.CheckCount(Definition.Name, documents.Count, scope.Storage.Info.Limits);
        using var operation = meter.Watch(StorageOperation.Write);
        var keys = documents.Select(document => RecordKey.In(Definition.Name, document.Key)).ToArray();
        var values = documents.Select(static document => document.Value).ToArray();
        var bytes = Array.ConvertAll(values, value => Encode(value));
        var written = await WriteTurn.RunAsync(scope, keys, UpsertAsync, cancellationToken).ConfigureAwait(false);
        operation.Succeed(written.Count);
        return written;

        async ValueTask<IReadOnlyList<Document<T>>> UpsertAsync()
        {
            var heads = await scope
                .ReadAsync(keys, new ReadOptions { Detail = RecordDetail.Meta }, cancellationToken)
                .ConfigureAwait(false);
            var now = scope.Storage.Now();
            var drafts = new DocumentDraft[keys.Length];
            for (var i = 0; i < drafts.Length; i++)
            {
                var condition = WriteCondition.At(heads[i]?.Revision ?? Revision.None);
                drafts[i] = DocumentDraft.Over(
                    keys[i], bytes[i], condition, heads[i], options, now, Definition.Form);
            }

            return await WriteAsync(drafts, values, options, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<Document<T>?> PatchAsync(
        string id, Func<T, T> change, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        return await PatchAsync(
            id,
            found => change(Definition.Codec.Decode(found.Key, found.Value)),
            (value, _) => Encode(value, nameof(change)),
            options,
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Document<T>?> PatchJsonAsync(
        string id,
        ReadOnlyMemory<byte> mergePatch,
        WriteOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await PatchAsync(
            id,
            found => Definition.Codec.Decode(found.Key, MergePatch.Apply(found.Value, mergePatch)),
            (_, found) => MergePatch.Apply(found.Value, mergePatch),
            options,
            cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> DeleteAsync(
        string id, Revision? expected = null, CancellationToken cancellationToken = default)
    {
        using var operation = meter.Watch(StorageOperation.Delete);
        var key = RecordKey.In(Definition.Name, id);
        if (expected == Revision.None)
        {
            throw new ArgumentException(
                $"A deletion of {Names.Show(key.ToString())} needs the revision it was read at; found none. Read it " +
                "first, or give null to delete it at any.",
                nameof(expected));
        }

        var condition = expected is { } revision ? WriteCondition.At(revision) : WriteCondition.Present;
        var result = await scope
            .WriteAsync(
                new DocumentBatch(Definition.Shape, null) { Deletions = [new(key, condition)] },
                cancellationToken)
            .ConfigureAwait(false);
        if (!result.IsCommitted && expected is { } wanted)
        {
            throw new RevisionConflictException(key, wanted, result.Conflicts[0].Found);
        }

        operation.Succeed(result.IsCommitted ? 1 : 0);
        return result.IsCommitted;
    }

    public async ValueTask<int> DeleteManyAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count == 0)
        {
            return 0;
        }

        using var operation = meter.Watch(StorageOperation.Delete);
        var keys = ids.Select(id => RecordKey.In(Definition.Name, id)).Distinct().ToArray();
        try
        {
            var deleted = await WriteTurn.RunAsync(scope, keys, TryDeleteAsync, cancellationToken)
                .ConfigureAwait(false);
            operation.Succeed(deleted);
            return deleted;
        }
        catch (RevisionConflictException error)
        {
            throw new StoreException(
                StoreErrorKind.Conflict,
                $"Cannot delete {keys.Length} documents of {Names.Show(Definition.Name)}: others kept changing " +
                $"them through {scope.Storage.Options.WriteAttemptsMax} attempts. Try again later.",
                error)
            {
                IsTransient = true,
            };
        }

        async ValueTask<int> TryDeleteAsync()
        {
            var heads = await scope
                .ReadAsync(keys, new ReadOptions { Detail = RecordDetail.Keys }, cancellationToken)
                .ConfigureAwait(false);
            var deletions = new List<DeleteOperation>(keys.Length);
            for (var i = 0; i < keys.Length; i++)
            {
                if (heads[i] is { } head)
                {
                    deletions.Add(new DeleteOperation(keys[i], WriteCondition.At(head.Revision)));
                }
            }

            if (deletions.Count == 0)
            {
                return 0;
            }

            var batch = new DocumentBatch(Definition.Shape, null) { Deletions = deletions };
            var result = await scope.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
            return result.IsCommitted
                ? deletions.Count
                : throw Conflicts.ToException(result.Conflicts, position => deletions[position].Condition);
        }
    }

    public Query<T> Query() => new(new QuerySource<T>(Definition, scope));

    public IAsyncEnumerable<DocumentChange<T>> ChangesAsync(
        FeedCursor after = default, CancellationToken cancellationToken = default) =>
        new CollectionFeed<T>(Definition, scope.Storage).ChangesAsync(after, cancellationToken);

    public IAsyncEnumerable<DocumentChangePage<T>> FollowAsync(
        FeedCursor after = default, FollowOptions? options = null, CancellationToken cancellationToken = default) =>
        new CollectionFeed<T>(Definition, scope.Storage).FollowAsync(
            after, options ?? FollowOptions.Default, cancellationToken);

    internal Document<T>? Decode(StoreRecord? record) =>
        record is null ? null : Definition.Decode(record);

    private Document<T>? Finish(StoreRecord? record, MeteredOperation operation)
    {
        var document = Decode(record);
        meter.Succeed(operation, record is null ? 0 : 1);
        return document;
    }

    private async ValueTask<Document<T>?> PatchAsync(
        string id,
        Func<StoreRecord, T> change,
        Func<T, StoreRecord, ReadOnlyMemory<byte>> encode,
        WriteOptions? options,
        CancellationToken cancellationToken)
    {
        using var operation = meter.Watch(StorageOperation.Write);
        var key = RecordKey.In(Definition.Name, id);
        var patched = await WriteTurn.RunAsync(scope, [key], TryPatchAsync, cancellationToken).ConfigureAwait(false);
        operation.Succeed(patched is null ? 0 : 1);
        return patched;

        async ValueTask<Document<T>?> TryPatchAsync()
        {
            if ((await scope.ReadAsync(key, default, cancellationToken).ConfigureAwait(false))[0] is not { } stored)
            {
                return null;
            }

            var found = Definition.Form.Read(stored);
            var value = change(found);
            var draft = DocumentDraft.Over(
                key,
                encode(value, found),
                WriteCondition.At(found.Revision),
                found,
                options,
                scope.Storage.Now(),
                Definition.Form);
            return (await WriteAsync([draft], [value], options, cancellationToken).ConfigureAwait(false))[0];
        }
    }

    private async ValueTask<IReadOnlyList<Document<T>>> WriteAsync(
        IReadOnlyList<DocumentDraft> drafts, T[] values, WriteOptions? options, CancellationToken cancellationToken)
    {
        var batch = new DocumentBatch(Definition.Shape, options) { Drafts = drafts };
        var result = await scope.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        if (!result.IsCommitted)
        {
            throw Conflicts.ToException(result.Conflicts, position => drafts[position].Condition);
        }

        var documents = new Document<T>[drafts.Count];
        for (var i = 0; i < documents.Length; i++)
        {
            documents[i] = new Document<T>(drafts[i].ToRecord(result.Revision, result.At), values[i]);
        }

        return documents;
    }

    private async ValueTask<StoreRecord?> HeadAsync(RecordKey key, CancellationToken cancellationToken)
    {
        var read = await scope
            .ReadAsync(key, new ReadOptions { Detail = RecordDetail.Meta }, cancellationToken)
            .ConfigureAwait(false);
        return read[0];
    }

    private ReadOnlyMemory<byte> Encode(T value, string? parameter = null) => value is not null
        ? Definition.Codec.Encode(value)
        : throw new ArgumentNullException(
            parameter ?? nameof(value),
            $"A document of {Names.Show(Definition.Name)} would be null; expected a value. Nothing was written. Give " +
            "one, or delete the document.");
}
