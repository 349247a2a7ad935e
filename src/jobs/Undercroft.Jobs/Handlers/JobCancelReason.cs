namespace Undercroft.Jobs;

/// <summary>Why a run must end.</summary>
public enum JobCancelReason
{
    /// <summary>It need not.</summary>
    None = 0,

    /// <summary>Somebody asked to cancel the job.</summary>
    Requested,

    /// <summary>It took longer than its timeout.</summary>
    Timeout,

    /// <summary>The worker stops. The job goes back to its queue, and the attempt does not count.</summary>
    Stopping,

    /// <summary>The worker has lost its lease: another one may run the job already.</summary>
    LeaseLost,
}
