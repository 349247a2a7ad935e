using System.Collections;

namespace Undercroft.Jobs;

/// <summary>What the job operations of a commit came to, kept small: most come to the same.</summary>
/// <param name="max">How many there are at most.</param>
internal sealed class JobOutcomes(int max) : IReadOnlyList<JobOutcome>
{
    private readonly JobOperation[] operations = new JobOperation[max];
    private (JobEffect Effect, JobState State) common;
    private Dictionary<int, JobOutcome>? others;

    public int Count { get; private set; }

    public JobOutcome this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return others is not null && others.TryGetValue(index, out var other)
                ? other
                : new JobOutcome(operations[index].Job, common.Effect, common.State);
        }
    }

    public void Add(JobOperation operation, JobOutcome outcome)
    {
        operations[Count++] = operation;
        if (Count == 1)
        {
            common = (outcome.Effect, outcome.State);
        }

        Set(Count - 1, outcome);
    }

    public void SetState(int index, JobState state)
    {
        var outcome = this[index];
        if (outcome.State != state)
        {
            Set(index, outcome with { State = state });
        }
    }

    public IEnumerator<JobOutcome> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Set(int index, JobOutcome outcome)
    {
        if (outcome.Job != operations[index].Job || (outcome.Effect, outcome.State) != common)
        {
            (others ??= [])[index] = outcome;
        }
        else
        {
            _ = others?.Remove(index);
        }
    }
}
