namespace Undercroft.Jobs;

/// <summary>How a worker is.</summary>
/// <param name="IsStarted">Whether it works.</param>
/// <param name="Session">Its session; none where it does not work.</param>
/// <param name="Running">How many jobs it runs.</param>
/// <param name="Faults">What is wrong with it: loops that hang. Empty where nothing is.</param>
public sealed record JobWorkerStatus(bool IsStarted, SessionId Session, int Running, IReadOnlyList<string> Faults);
