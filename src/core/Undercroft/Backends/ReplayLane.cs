using System.Collections.Immutable;

namespace Undercroft.Backends;

/// <summary>The last results of one client instance: one small row, written in the same commit as what it tells of.
/// </summary>
/// <param name="Replays">The results kept, oldest first.</param>
/// <param name="ForgottenThrough">The highest number whose result is no longer kept.</param>
public sealed record ReplayLane(ImmutableArray<StoredReplay> Replays, long ForgottenThrough)
{
    /// <summary>The lane of a client that has not committed yet.</summary>
    public static ReplayLane Empty { get; } = new([], long.MinValue);

    /// <summary>Looks for an earlier commit with the same identity.</summary>
    /// <returns>Its result, or null where the commit is new.</returns>
    /// <exception cref="CommitIdentityException">The identity belongs to another commit, or is too old.</exception>
    public StoredReplay? Find(CommitIdentity identity, UInt128 digest)
    {
        foreach (var replay in Replays)
        {
            if (replay.Number == identity.Number)
            {
                return replay.Digest == digest
                    ? replay
                    : throw new CommitIdentityException(identity, "it was used for a commit with other content");
            }
        }

        return identity.Number > ForgottenThrough
            ? null
            : throw new CommitIdentityException(
                identity, $"its result is no longer kept (numbers through {ForgottenThrough} are forgotten)");
    }

    /// <summary>Adds a result and forgets the oldest beyond what is kept.</summary>
    public ReplayLane With(StoredReplay replay, int kept)
    {
        ArgumentNullException.ThrowIfNull(replay);
        var replays = Replays.Add(replay);
        return replays.Length <= kept
            ? this with { Replays = replays }
            : new ReplayLane(replays.RemoveAt(0), Math.Max(ForgottenThrough, replays[0].Number));
    }
}
