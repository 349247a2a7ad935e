using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Undercroft.Layers;

namespace Undercroft.Conformance.Tests.Defects;

/// <summary>Applies what comes before a conflict.</summary>
internal sealed class LosesAtomicity(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        var result = await Inner.CommitAsync(commit, cancellationToken);
        if (result.Conflicts.Count > 0 && result.Conflicts[0].Operation > 0)
        {
            var applied = commit.Operations.Take(result.Conflicts[0].Operation).ToList();
            _ = await Inner.CommitAsync(new Commit(applied), cancellationToken);
        }

        return result;
    }
}

/// <summary>Checks the conditions, and writes later.</summary>
internal sealed class ChecksThenWrites(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        var checks = commit.Operations.Select(operation => new CheckOperation(operation.Key, operation.Condition));
        var checkedFirst = await Inner.CommitAsync(new Commit([.. checks]) { Now = commit.Now }, cancellationToken);
        if (!checkedFirst.IsCommitted || !commit.Operations.Any(static operation => operation.IsWrite))
        {
            return checkedFirst;
        }

        await Task.Yield();
        return await Inner.CommitAsync(Rewrite.Commit(commit, Rewrite.WithoutCondition), cancellationToken);
    }
}

/// <summary>Names the first conflict and stops.</summary>
internal sealed class NamesOneConflict(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        var result = await Inner.CommitAsync(commit, cancellationToken);
        return result.Conflicts.Count < 2
            ? result
            : new CommitResult { Revision = result.Revision, Conflicts = [result.Conflicts[0]] };
    }
}

/// <summary>Gives the revision of a deletion to the next commit again.</summary>
internal sealed class ReusesRevisions(IStore inner) : DelegatingStore(inner)
{
    private readonly ConcurrentDictionary<long, bool> deletions = [];

    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        var result = await Inner.CommitAsync(commit, cancellationToken);
        if (result.IsCommitted && commit.Operations.All(static operation => operation is DeleteOperation))
        {
            deletions[result.Revision.Value] = true;
        }

        return new CommitResult
        {
            Revision = Map(result.Revision),
            At = result.At,
            Counters = result.Counters,
            Conflicts = result.Conflicts,
            IsReplay = result.IsReplay,
        };
    }

    public override async ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
    {
        var found = await Inner.ReadAsync(keys, options, cancellationToken);
        return new ReadResult(Enumerable.Range(0, found.Count)
            .Select(i => found[i] is { } record ? Rewrite.At(record, Map(record.Revision)) : null)
            .ToArray());
    }

    private Revision Map(Revision revision) =>
        new(revision.Value - deletions.Keys.Count(deletion => deletion < revision.Value));
}

/// <summary>Judges unique keys on the state before the commit.</summary>
internal sealed class JudgesUniquenessBefore(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        var conflicts = new List<CommitConflict>();
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            if (commit.Operations[i] is PutOperation put)
            {
                foreach (var entry in put.Entries.Where(static entry => entry.IsUnique))
                {
                    var page = await Inner.ScanAsync(
                        new ScanRequest
                        {
                            Collection = put.Key.Collection,
                            Range = ScanRange.Keys(entry.Index, entry.Key, (byte[])[.. entry.Key.Span, 0]),
                        },
                        cancellationToken);
                    conflicts.AddRange(page.Items.Where(item => item.Record.Key != put.Key).Select(item =>
                        new CommitConflict(
                            i, put.Key, ConflictKind.Unique, Revision.None, entry.Index, item.Record.Key)));
                }
            }
        }

        return conflicts.Count == 0
            ? await Inner.CommitAsync(commit, cancellationToken)
            : new CommitResult { Revision = new Revision(1), Conflicts = conflicts };
    }
}

/// <summary>Compares a claim with what is stored, but not with the other claims of the commit.</summary>
internal sealed class MissesClaimsOfOneCommit(IStore inner) : DelegatingStore(inner)
{
    public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default)
    {
        var claimed = new HashSet<IndexEntry>();
        return Inner.CommitAsync(
            Rewrite.Commit(commit, operation => operation is PutOperation put
                ? Rewrite.Put(
                    put,
                    entries: [.. put.Entries.Select(
                        entry => entry with { IsUnique = entry.IsUnique && claimed.Add(entry) })])
                : operation),
            cancellationToken);
    }
}

/// <summary>Adds to a counter by reading it and writing it back.</summary>
internal sealed class LosesAdditions(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        var counters = new List<long>();
        var operations = new List<StoreOperation>();
        foreach (var operation in commit.Operations)
        {
            operations.Add(operation);
            if (operation is AddOperation add)
            {
                var found = (await Inner.ReadAsync(add.Key, cancellationToken: cancellationToken))[0];
                await Task.Yield();
                counters.Add(add.Delta + (found is null ? 0 : BinaryPrimitives.ReadInt64BigEndian(found.Value.Span)));
                var value = new byte[sizeof(long)];
                BinaryPrimitives.WriteInt64BigEndian(value, counters[^1]);
                operations[^1] = new PutOperation(add.Key, value, add.Condition);
            }
        }

        var result = await Inner.CommitAsync(Rewrite.Commit(commit, operations), cancellationToken);
        return result.IsCommitted
            ? new CommitResult
            {
                Revision = result.Revision,
                At = result.At,
                Counters = counters,
                IsReplay = result.IsReplay,
            }
            : result;
    }
}

/// <summary>Applies a repeated commit again.</summary>
internal sealed class AppliesRetriesTwice(IStore inner) : DelegatingStore(inner)
{
    public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default) =>
        Inner.CommitAsync(
            new Commit(commit.Operations) { Durability = commit.Durability, Origin = commit.Origin, Now = commit.Now },
            cancellationToken);
}

/// <summary>Takes every commit with a known identity for a retry.</summary>
internal sealed class IgnoresContentOfRetries(IStore inner) : DelegatingStore(inner)
{
    private readonly ConcurrentDictionary<CommitIdentity, CommitResult> known = [];

    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        if (commit.Identity is { } identity && known.TryGetValue(identity, out var earlier))
        {
            return new CommitResult { Revision = earlier.Revision, Counters = earlier.Counters, IsReplay = true };
        }

        var result = await Inner.CommitAsync(commit, cancellationToken);
        if (commit.Identity is { } fresh && result.IsCommitted)
        {
            known[fresh] = result;
        }

        return result;
    }
}

/// <summary>Turns CR LF into LF, as a store that keeps text does.</summary>
internal sealed class NormalisesLineEnds(IStore inner) : DelegatingStore(inner)
{
    public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default) =>
        Inner.CommitAsync(
            Rewrite.Commit(commit, static operation => operation is PutOperation put
                ? Rewrite.Put(put, value: Encoding.Latin1.GetBytes(
                    Encoding.Latin1.GetString(put.Value.Span).Replace("\r\n", "\n", StringComparison.Ordinal)))
                : operation),
            cancellationToken);
}

/// <summary>Keeps values, but not what travels beside them.</summary>
internal sealed class LosesMeta(IStore inner) : DelegatingStore(inner)
{
    public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default) =>
        Inner.CommitAsync(
            Rewrite.Commit(commit, static operation =>
                operation is PutOperation put ? Rewrite.Put(put, meta: RecordMeta.Empty) : operation),
            cancellationToken);
}

/// <summary>Gives a record a new creation time at each write.</summary>
internal sealed class ResetsCreationTimes(IStore inner, TimeProvider clock) : DelegatingStore(inner)
{
    public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default) =>
        Inner.CommitAsync(
            Rewrite.Commit(commit, operation => operation is PutOperation { CreatedAt: null, UpdatedAt: null } put
                ? Rewrite.Put(put, createdAt: commit.Now ?? clock.GetUtcNow())
                : operation),
            cancellationToken);
}

/// <summary>Lets records live a tick too long.</summary>
internal sealed class ExpiresATickLate(IStore inner) : DelegatingStore(inner)
{
    public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default) =>
        Inner.CommitAsync(
            Rewrite.Commit(commit, static operation =>
                operation is PutOperation put && put.ExpiresAt < DateTimeOffset.MaxValue
                    ? Rewrite.Put(put, expiresLater: TimeSpan.FromTicks(1))
                    : operation),
            cancellationToken);
}

/// <summary>Follows the system's clock when it goes back.</summary>
internal sealed class GoesBackInTime(IStore inner, TimeProvider clock) : DelegatingStore(inner)
{
    public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default) =>
        Inner.CommitAsync(
            new Commit(commit.Operations)
            {
                Durability = commit.Durability,
                Identity = commit.Identity,
                Origin = commit.Origin,
                Now = commit.Now ?? clock.GetUtcNow(),
            },
            cancellationToken);
}

/// <summary>Adds index entries and never takes any away.</summary>
internal sealed class LeavesOldEntries(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        var operations = new List<StoreOperation>();
        foreach (var operation in commit.Operations)
        {
            operations.Add(operation);
            if (operation is PutOperation put)
            {
                var options = new ReadOptions { Detail = RecordDetail.Complete };
                var before = (await Inner.ReadAsync(put.Key, options, cancellationToken))[0];
                var old = before?.Entries.Where(static entry => !entry.IsUnique) ?? [];
                operations[^1] = Rewrite.Put(put, entries: [.. put.Entries, .. old]);
            }
        }

        return await Inner.CommitAsync(Rewrite.Commit(commit, operations), cancellationToken);
    }
}

/// <summary>Cannot tell 'A' from 'a', as some file systems cannot.</summary>
internal sealed class IgnoresLetterCase(IStore inner) : DelegatingStore(inner)
{
    public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default) =>
        Inner.CommitAsync(
            new Commit([.. commit.Operations
                .Select(static operation =>
                    operation is PutOperation put ? new PutOperation(Lower(put.Key), put.Value) : operation)
                .DistinctBy(static operation => operation.Key)]),
            cancellationToken);

    public override ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default) =>
        Inner.ReadAsync(
            Enumerable.Range(0, keys.Count).Select(i => Lower(keys[i])).ToArray(), options, cancellationToken);

    private static RecordKey Lower(RecordKey key) => new(key.Collection, key.Id.ToLowerInvariant());
}
