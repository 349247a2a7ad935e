namespace Undercroft.Jobs;

/// <summary>How far a run has got.</summary>
/// <param name="Lease">The run; of a stale one nothing is kept.</param>
/// <param name="Fraction">How much is done, from 0 to 1.</param>
/// <param name="Text">What it is at; null means nothing to say.</param>
public sealed record JobProgress(JobLease Lease, double Fraction, string? Text = null);
