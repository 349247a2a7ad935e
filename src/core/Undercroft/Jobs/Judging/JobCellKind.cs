namespace Undercroft.Jobs;

/// <summary>What a small row beside the jobs is about. For backends.</summary>
public enum JobCellKind
{
    /// <summary>The job that holds a unique key; <see cref="JobCell.At"/> says until when at least.</summary>
    Unique = 0,

    /// <summary>How many jobs of a concurrency key are active, and how many wait.</summary>
    Concurrency,

    /// <summary>A rate limiter; the text says when jobs began, and from <see cref="JobCell.At"/> on it is as good as
    /// none.</summary>
    Rate,

    /// <summary>A queue; the flag says that it is paused.</summary>
    Queue,

    /// <summary>A session; <see cref="JobCell.At"/> is when its lease ends; the flag says that it was closed.</summary>
    Session,

    /// <summary>A batch's counts, and the jobs that wait for it.</summary>
    Batch,
}
