using Undercroft.Jobs;
using Undercroft.Redis.Client;

namespace Undercroft.Redis.Jobs;

/// <summary>The jobs' part of a commit.</summary>
/// <param name="Changes">What is to be kept, and what that rests on.</param>
/// <param name="HasWork">Whether there is work now for those who wait for it.</param>
/// <param name="Whole">The commit as its caller gave it.</param>
/// <param name="Outcomes">What its operations came to, for who repeats it.</param>
internal sealed record JobWrites(
    JobChanges Changes, bool HasWork, Commit Whole, IReadOnlyList<JobOutcome> Outcomes)
{
    /// <summary>Adds it to a call of the commit function.</summary>
    public void Write(RedisCommand command) => Changes.Write(
        command, HasWork, Whole.Identity is null ? default : JobOutcomeForm.Write(Outcomes, Whole).Span);

    /// <summary>Reads what the operations had come to.</summary>
    public IReadOnlyList<JobOutcome> Read(ReadOnlyMemory<byte> outcomes) => JobOutcomeForm.Read(outcomes, Whole);
}
