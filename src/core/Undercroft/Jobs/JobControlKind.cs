namespace Undercroft.Jobs;

/// <summary>What to do to a job or a queue from outside.</summary>
public enum JobControlKind
{
    /// <summary>Cancel a job: at once where it does not run, else its worker is asked to.</summary>
    Cancel = 0,

    /// <summary>Run a job that has ended again, from its first attempt.</summary>
    Requeue,

    /// <summary>Make a job due at once: one that is scheduled.</summary>
    RunNow,

    /// <summary>Give a job that has not begun another priority.</summary>
    Prioritize,

    /// <summary>Move a job that has not begun to another queue.</summary>
    Move,

    /// <summary>Forget a job that has ended.</summary>
    Delete,

    /// <summary>Have nobody claim from a queue.</summary>
    Pause,

    /// <summary>Have the queue claimed from again.</summary>
    Resume,
}
