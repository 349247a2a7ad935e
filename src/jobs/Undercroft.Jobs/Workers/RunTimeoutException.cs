namespace Undercroft.Jobs;

/// <summary>A run that took too long: its sentence is all there is to say.</summary>
internal sealed class RunTimeoutException(string message, Exception? inner = null) : TimeoutException(message, inner);
