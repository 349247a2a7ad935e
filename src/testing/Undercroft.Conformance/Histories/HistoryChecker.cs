using System.Globalization;

namespace Undercroft.Conformance.Histories;

/// <summary>Says whether there is one order in which all that was observed makes sense, and which agrees with real
/// time: whether the store is linearizable.</summary>
/// <remarks>Revisions give the order of what was written. Each commit must hold in the state before it; each read, and
/// each commit that wrote nothing, must have seen one of the states in that order, none older than what had been
/// acknowledged, or seen, before it began, and none younger than it is.</remarks>
internal sealed class HistoryChecker
{
    private readonly IReadOnlyList<Observation> history;
    private readonly CommitObservation[] commits;
    private readonly Dictionary<RecordKey, (Revision Revision, string Value)>[] states;

    private HistoryChecker(IReadOnlyList<Observation> history)
    {
        this.history = history;
        commits =
        [
            .. history.OfType<CommitObservation>()
                .Where(static commit => commit.HasWritten)
                .OrderBy(static commit => commit.Result.Revision),
        ];
        states = new Dictionary<RecordKey, (Revision, string)>[commits.Length + 1];
    }

    /// <summary>Checks a history that began with an empty store.</summary>
    /// <param name="history">What was observed.</param>
    /// <param name="isByRevision">Whether readers see commits in the order of their revisions.</param>
    public static void Check(IReadOnlyList<Observation> history, bool isByRevision)
    {
        var checker = new HistoryChecker(history);
        checker.CheckCommits();
        if (isByRevision)
        {
            checker.CheckObservers();
        }
        else
        {
            new SnapshotChecker(history).Check();
        }
    }

    /// <summary>The commits in the order of their revisions make sense, and agree with real time.</summary>
    private void CheckCommits()
    {
        states[0] = [];
        for (var i = 0; i < commits.Length; i++)
        {
            var (commit, revision) = (commits[i], commits[i].Result.Revision);
            Assert.True(
                i == 0 || commits[i - 1].Result.Revision != revision, $"{revision} was given to two commits.");
            Assert.Empty(Failing(commit.Commit, states[i]));
            states[i + 1] = Apply(commit, states[i]);
            for (var j = 0; j < i; j++)
            {
                Assert.True(
                    commit.Returned > commits[j].Invoked,
                    $"{revision} was acknowledged before {commits[j].Result.Revision} began, and is greater.");
            }
        }
    }

    /// <summary>Whoever only looked has seen one state, at a time that agrees with real time.</summary>
    private void CheckObservers()
    {
        var placed = new List<(long Returned, int State)>();
        var observers = history.Where(static one => one is not CommitObservation { HasWritten: true });
        foreach (var observer in observers.OrderBy(static one => one.Invoked))
        {
            var before = placed.Where(one => one.Returned < observer.Invoked).Select(static one => one.State);
            var acknowledged = Enumerable.Range(0, commits.Length)
                .Where(i => commits[i].Returned < observer.Invoked)
                .Select(static i => i + 1);
            var first = before.Concat(acknowledged).DefaultIfEmpty().Max();
            var begun = Enumerable.Range(0, commits.Length).Where(i => commits[i].Invoked > observer.Returned);
            var last = begun.DefaultIfEmpty(commits.Length).Min();
            var state = Enumerable.Range(first, Math.Max(0, last - first + 1))
                .FirstOrDefault(i => HasSeen(observer, i), -1);
            Assert.True(
                state >= 0,
                $"{Show(observer)} has seen none of the states from {RevisionOf(first)} to {RevisionOf(last)}.");
            placed.Add((observer.Returned, state));
        }
    }

    private bool HasSeen(Observation observer, int state) => observer switch
    {
        ReadObservation read => read.Found.All(found =>
            states[state].GetValueOrDefault(found.Key, (Revision.None, "")) == (found.Revision, found.Value)),
        CommitObservation commit =>
            commit.Result.Revision == RevisionOf(state) &&
            Failing(commit.Commit, states[state]).SequenceEqual(
                commit.Result.Conflicts
                    .OrderBy(static conflict => conflict.Operation)
                    .Select(static conflict => (conflict.Operation, conflict.Found))),
        _ => false,
    };

    private Revision RevisionOf(int state) => state == 0 ? Revision.None : commits[state - 1].Result.Revision;

    private static IEnumerable<(int Operation, Revision Found)> Failing(
        Commit commit, Dictionary<RecordKey, (Revision Revision, string Value)> state)
    {
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            var (condition, found) = (
                commit.Operations[i].Condition, state.GetValueOrDefault(commit.Operations[i].Key).Revision);
            var holds = condition.Kind switch
            {
                WriteConditionKind.Absent => found == Revision.None,
                WriteConditionKind.Present => found != Revision.None,
                WriteConditionKind.Revision => found == condition.Revision,
                _ => true,
            };
            if (!holds)
            {
                yield return (i, found);
            }
        }
    }

    private static Dictionary<RecordKey, (Revision Revision, string Value)> Apply(
        CommitObservation commit, Dictionary<RecordKey, (Revision Revision, string Value)> before)
    {
        var after = new Dictionary<RecordKey, (Revision Revision, string Value)>(before);
        foreach (var operation in commit.Commit.Operations)
        {
            switch (operation)
            {
                case PutOperation put:
                    after[put.Key] = (commit.Result.Revision, System.Text.Encoding.UTF8.GetString(put.Value.Span));
                    break;
                case DeleteOperation delete:
                    _ = after.Remove(delete.Key);
                    break;
                case AddOperation add:
                    var sum = add.Delta + (before.TryGetValue(add.Key, out var old)
                        ? long.Parse(old.Value, CultureInfo.InvariantCulture)
                        : 0);
                    Assert.Equal([sum], commit.Result.Counters);
                    after[add.Key] = (commit.Result.Revision, sum.ToString(CultureInfo.InvariantCulture));
                    break;
                default:
                    break;
            }
        }

        return after;
    }

    private static string Show(Observation observer) => observer switch
    {
        ReadObservation read => $"Client {read.Client}, which read " +
            string.Join(
                ", ", read.Found.Select(static found => $"{found.Key} at {found.Revision} = '{found.Value}'")) + ",",
        CommitObservation commit =>
            $"Client {commit.Client}, whose commit was judged at {commit.Result.Revision} with " +
            $"{commit.Result.Conflicts.Count} conflicts ({string.Join("; ", commit.Result.Conflicts)}),",
        _ => $"Client {observer.Client}",
    };
}
