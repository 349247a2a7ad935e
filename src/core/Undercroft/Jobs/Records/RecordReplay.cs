using System.Buffers;
using Undercroft.Backends;

namespace Undercroft.Jobs.Records;

/// <summary>Makes a commit with job operations safe to repeat: what it becomes differs each time, so its identity is a
/// record of its own, in the same commit.</summary>
internal static class RecordReplay
{
    /// <summary>Looks for an earlier commit with the same identity.</summary>
    /// <returns>Its result; null where there was none.</returns>
    /// <exception cref="CommitIdentityException">It was another commit.</exception>
    /// <exception cref="StoreException">What is kept of it is damaged.</exception>
    public static async ValueTask<CommitResult?> FindAsync(
        IStore store, Commit commit, CancellationToken cancellationToken)
    {
        if (commit.Identity is not { } identity)
        {
            return null;
        }

        var read = await store.ReadAsync(KeyOf(identity), default, cancellationToken).ConfigureAwait(false);
        if (read[0] is not { } record)
        {
            return null;
        }

        var digest = Digest(commit, outcomes: null);
        return record.Value.Span.StartsWith(digest)
            ? new CommitResult
            {
                Revision = record.Revision,
                Jobs = new RecordForm(store.Info.Backend).Outcomes(record, digest.Length, commit),
                IsReplay = true,
            }
            : throw new CommitIdentityException(identity, "it was used for a commit with other content");
    }

    /// <summary>Adds the record of the identity, where the commit has one.</summary>
    public static void Add(
        IStore store,
        Commit commit,
        IReadOnlyList<JobOutcome> outcomes,
        List<StoreOperation> operations,
        DateTimeOffset now)
    {
        if (commit.Identity is { } identity)
        {
            operations.Add(new PutOperation(KeyOf(identity), Digest(commit, outcomes), WriteCondition.Absent)
            {
                ExpiresAt = now + store.Info.Limits.ReplaysKeptFor,
            });
        }
    }

    private static RecordKey KeyOf(CommitIdentity identity) =>
        new(RecordKeys.Replays, FormattableString.Invariant($"{identity.Client:N}-{identity.Number}"));

    // The digest, and behind it what the job operations came to.
    private static byte[] Digest(Commit commit, IReadOnlyList<JobOutcome>? outcomes)
    {
        var buffer = new ArrayBufferWriter<byte>(20);
        var digest = CommitDigest.Of(commit);
        var writer = new RecordWriter(buffer);
        writer.Number((long)(ulong)(digest >> 64));
        writer.Number((long)(ulong)digest);
        buffer.Write(JobOutcomeForm.Write(outcomes, commit).Span);
        return buffer.WrittenSpan.ToArray();
    }
}
