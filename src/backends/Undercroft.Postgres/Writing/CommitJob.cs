using Undercroft.Backends;

namespace Undercroft.Postgres.Writing;

/// <summary>One commit on its way.</summary>
internal sealed class CommitJob
{
    private const int IsQueued = 0;
    private const int IsBegun = 1;
    private const int IsAbandoned = 2;

    private readonly TaskCompletionSource<CommitResult> completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int stage;

    /// <summary>Takes a commit that <see cref="CommitGuard"/> has let through; where it is the documents of another
    /// one, its identity is that one's.</summary>
    public CommitJob(Commit commit, Durability level, DateTimeOffset now, Commit? whole = null)
    {
        Commit = commit;
        Level = level;
        Now = now.ToUniversalTime();
        Digest = commit.Identity is null ? default : CommitDigest.Of(whole ?? commit);
        Touches = [.. Touch.Of(commit)];
        foreach (var operation in commit.Operations)
        {
            Bytes += 64;
            if (operation is PutOperation put)
            {
                Bytes += put.Value.Length + (put.Entries.Count * 64);
                foreach (var entry in put.Entries)
                {
                    HasUnique |= entry.IsUnique;
                }
            }
        }

        Kind = KindOf();
    }

    public Commit Commit { get; }

    /// <summary>What it touches, and whether it writes there.</summary>
    public (Touch Touch, bool Writes)[] Touches { get; }

    /// <summary>With which others it can share a statement.</summary>
    public PutKind Kind { get; }

    public Durability Level { get; }

    /// <summary>The instant it happens at.</summary>
    public DateTimeOffset Now { get; }

    public UInt128 Digest { get; }

    /// <summary>About how much it sends.</summary>
    public long Bytes { get; }

    /// <summary>Whether it claims keys of unique indexes.</summary>
    public bool HasUnique { get; }

    /// <summary>In which round of its group it is.</summary>
    public int Round { get; set; }

    /// <summary>Where its keys stand in the round's arrays.</summary>
    public int FirstOperation { get; set; }

    public Task<CommitResult> Task => completion.Task;

    /// <summary>Takes the commit up; false where the caller has given up waiting.</summary>
    public bool TryBegin() =>
        Interlocked.CompareExchange(ref stage, IsBegun, IsQueued) is IsQueued or IsBegun;

    /// <summary>Ends the caller's wait. A commit not begun yet never happens.</summary>
    public void Abandon(CancellationToken cancellationToken)
    {
        _ = Interlocked.CompareExchange(ref stage, IsAbandoned, IsQueued);
        _ = completion.TrySetCanceled(cancellationToken);
    }

    public void Acknowledge(CommitResult result) => _ = completion.TrySetResult(result);

    public void Fail(Exception error) => _ = completion.TrySetException(error);

    private PutKind KindOf() =>
        Commit.Operations is not [PutOperation { CreatedAt: null, UpdatedAt: null } put] || HasUnique ||
        Commit.Identity is not null
            ? PutKind.None
            : put.Condition.Kind switch
            {
                WriteConditionKind.Any => PutKind.Any,
                WriteConditionKind.Absent => PutKind.Absent,
                WriteConditionKind.Present or WriteConditionKind.Revision => PutKind.Match,
                _ => PutKind.None,
            };
}
