using Undercroft.Jobs;

namespace Undercroft.Redis.Jobs;

/// <summary>Something for the judge of jobs to decide, with the documents that are to be kept beside it.</summary>
/// <param name="whole">The commit as its caller gave it: its identity stands for all of it.</param>
internal sealed class JobRun(Commit whole)
{
    /// <summary>The commit as its caller gave it.</summary>
    public Commit Whole => whole;

    /// <summary>The documents of it.</summary>
    public required Commit Documents { get; init; }

    /// <summary>The level of durability.</summary>
    public required Durability? Level { get; init; }

    /// <summary>Decides; says whether there is something to keep.</summary>
    public Func<JobJudge, bool> Judge { get; set; } = static _ => false;

    /// <summary>What the operations came to when it was judged last.</summary>
    public IReadOnlyList<JobOutcome> Outcomes { get; set; } = [];

    /// <summary>After so many losses it stands in line.</summary>
    public required int LossesMax { get; init; }

    /// <summary>Says what is believed without having been read; once, for what is believed may be wrong.</summary>
    public Action<JobCache> Believe { get; init; } = static _ => { };

    /// <summary>Says what will be asked for, so that all of it comes with the first reading.</summary>
    public Action<JobCache> Want { get; init; } = static _ => { };

    /// <summary>Whether nothing is to be kept but jobs.</summary>
    public bool IsBare => Documents.Operations.Count == 0 && whole.Identity is null;
}
