using Undercroft.Jobs;

namespace Undercroft;

/// <summary>Turns the conflicts of a commit into the exceptions of repositories.</summary>
internal static class Conflicts
{
    /// <summary>Throws what the first conflict comes to.</summary>
    /// <param name="conflicts">The conflicts.</param>
    /// <param name="conditionOf">Tells what a conflicting operation expected.</param>
    public static StoreException ToException(
        IReadOnlyList<CommitConflict> conflicts, Func<int, WriteCondition> conditionOf)
    {
        var first = conflicts[0];
        return first.Kind switch
        {
            ConflictKind.Unique => new UniqueConflictException(
                first.Key, CollectionIndexes.DeclaredName(first.Index!), first.Holder ?? first.Key),
            ConflictKind.NotACounter => new StoreException(
                StoreErrorKind.Malformed,
                $"Cannot add to {Names.Show(first.Key.ToString())}: its value is no counter. Choose another name."),
            ConflictKind.CounterOverflow => new StoreException(
                StoreErrorKind.LimitExceeded,
                $"Cannot add to {Names.Show(first.Key.ToString())}: the counter would leave the range of 64 bits. " +
                "Nothing was added."),
            ConflictKind.StaleLease => new StaleLeaseException(JobId.Parse(first.Key.Id)),
            ConflictKind.DuplicateJob => new DuplicateJobException(JobId.Parse(first.Key.Id)),
            ConflictKind.MissingDependency => new StoreException(
                StoreErrorKind.Conflict,
                $"Cannot enqueue job {first.Key.Id}: a job it depends on is not there or is deleted with it, or " +
                $"{JobLimits.DependentsMax} jobs wait for it already. Nothing was written. Enqueue both in one " +
                "commit, or use a batch."),
            ConflictKind.CircularDependency => new StoreException(
                StoreErrorKind.Conflict,
                $"Cannot enqueue job {first.Key.Id}: it would wait for itself, since one that it waits for waits for " +
                "the batch it is to count in. Nothing was written. Take it out of the batch, or the dependency out."),
            ConflictKind.StepLimit => new StoreException(
                StoreErrorKind.LimitExceeded,
                $"Cannot keep a step of job {first.Key.Id}: a job has at most {JobLimits.StepsMax} steps, and " +
                $"{JobLimits.StepBytesMax} bytes in the outputs of all. Nothing was written. Keep less in a step, or " +
                "make several jobs of it."),
            _ => new RevisionConflictException(first.Key, conditionOf(first.Operation).Revision, first.Found),
        };
    }
}
