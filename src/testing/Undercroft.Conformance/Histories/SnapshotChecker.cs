namespace Undercroft.Conformance.Histories;

/// <summary>Says whether what readers saw makes sense where commits that touch nothing in common may be seen in another
/// order than that of their revisions, as long as it is the same for all.</summary>
/// <remarks>Each reader must have seen, of each key, a version that real time allows; of each commit everything or
/// nothing; and no two readers may each have seen what the other has not.</remarks>
internal sealed class SnapshotChecker
{
    private readonly Dictionary<RecordKey, List<(Revision Revision, CommitObservation Commit)>> versions = [];
    private readonly List<CommitObservation> commits;
    private readonly List<ReadObservation> reads;

    public SnapshotChecker(IReadOnlyList<Observation> history)
    {
        commits =
        [
            .. history.OfType<CommitObservation>().Where(static one => one.HasWritten)
                .OrderBy(static one => one.Result.Revision),
        ];
        reads = [.. history.OfType<ReadObservation>().OrderBy(static one => one.Invoked)];
        foreach (var commit in commits)
        {
            foreach (var operation in commit.Commit.Operations.Where(static operation => operation.IsWrite))
            {
                var revision = operation is DeleteOperation ? Revision.None : commit.Result.Revision;
                Of(operation.Key).Add((revision, commit));
            }
        }
    }

    /// <summary>Checks all reads.</summary>
    public void Check()
    {
        var placed = new List<(ReadObservation Read, Dictionary<RecordKey, (int First, int Last)> Seen)>();
        foreach (var read in reads)
        {
            var seen = read.Found.ToDictionary(
                static found => found.Key, found => Place(read, found.Key, found.Revision, placed));
            foreach (var commit in commits)
            {
                CheckWhole(read, seen, commit);
            }

            foreach (var (other, before) in placed)
            {
                Assert.False(
                    IsAhead(seen, before) && IsAhead(before, seen),
                    $"The reads of clients {read.Client} and {other.Client} each saw what the other did not.");
            }

            placed.Add((read, seen));
        }
    }

    // How many writes of a key a read has seen, at least and at most.
    private (int First, int Last) Place(
        ReadObservation read,
        RecordKey key,
        Revision found,
        List<(ReadObservation Read, Dictionary<RecordKey, (int First, int Last)> Seen)> placed)
    {
        var all = Of(key);
        var least = placed.Where(one => one.Read.Returned < read.Invoked && one.Seen.ContainsKey(key))
            .Select(one => one.Seen[key].First).DefaultIfEmpty().Max();
        var most = all.Count;
        for (var i = 0; i < all.Count; i++)
        {
            least = all[i].Commit.Returned < read.Invoked ? Math.Max(least, i + 1) : least;
            most = all[i].Commit.Invoked > read.Returned ? Math.Min(most, i) : most;
        }

        var fits = Enumerable.Range(0, all.Count + 1)
            .Where(i => i >= least && i <= most && (i == 0 ? Revision.None : all[i - 1].Revision) == found)
            .ToList();
        Assert.True(
            fits.Count > 0, $"Client {read.Client} read {key} at {found}, which it was not at that time.");
        return (fits[0], fits[^1]);
    }

    private void CheckWhole(
        ReadObservation read, Dictionary<RecordKey, (int First, int Last)> seen, CommitObservation commit)
    {
        bool with = false, without = false;
        foreach (var operation in commit.Commit.Operations)
        {
            if (operation.IsWrite && seen.TryGetValue(operation.Key, out var place))
            {
                var at = Of(operation.Key).FindIndex(one => one.Commit == commit) + 1;
                with |= place.First >= at;
                without |= place.Last < at;
            }
        }

        Assert.False(with && without, $"Client {read.Client} saw a part of {commit.Result.Revision}.");
    }

    private static bool IsAhead(
        Dictionary<RecordKey, (int First, int Last)> one, Dictionary<RecordKey, (int First, int Last)> other) =>
        one.Any(place => other.TryGetValue(place.Key, out var found) && place.Value.First > found.Last);

    private List<(Revision Revision, CommitObservation Commit)> Of(RecordKey key)
    {
        if (!versions.TryGetValue(key, out var all))
        {
            versions[key] = all = [];
        }

        return all;
    }
}
