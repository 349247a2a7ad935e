namespace Undercroft.Conformance;

/// <summary>Every law of <see cref="Undercroft.Jobs.IJobStore"/> as a test. Derive one class for each backend, and for
/// each way it keeps jobs.</summary>
/// <remarks>Each test gets a store of its own. The seed of a failure is in its message; <c>UNDERCROFT_SEED</c> replays
/// it.</remarks>
public abstract class JobConformance : JobModelLaws;
