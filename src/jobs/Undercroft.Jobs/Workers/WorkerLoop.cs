namespace Undercroft.Jobs;

/// <summary>The loops of a worker.</summary>
internal enum WorkerLoop
{
    Claim = 0,
    Heartbeat,
    Settle,
    Maintenance,
    Schedule,
}
