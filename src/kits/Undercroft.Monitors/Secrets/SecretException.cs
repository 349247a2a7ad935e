namespace Undercroft.Monitors;

/// <summary>A secret cannot be read.</summary>
/// <param name="message">Why, without the secret: it is shown to who reads the run.</param>
/// <param name="inner">What caused it; null where nothing did.</param>
public sealed class SecretException(string message, Exception? inner = null) : Exception(message, inner);
