namespace Undercroft.Jobs;

/// <summary>What went wrong in one run.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="At">When it ended.</param>
/// <param name="Message">What went wrong.</param>
public sealed record JobError(int Attempt, DateTimeOffset At, string Message);
