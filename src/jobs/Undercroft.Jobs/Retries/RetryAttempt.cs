namespace Undercroft.Jobs;

/// <summary>An attempt that failed, as a policy of one's own sees it.</summary>
/// <param name="Attempt">Which one: 1 is the first.</param>
/// <param name="AttemptsMax">How many there are at most.</param>
/// <param name="Error">Why it failed.</param>
public sealed record RetryAttempt(int Attempt, int AttemptsMax, Exception Error);
