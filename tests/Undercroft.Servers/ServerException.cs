namespace Undercroft.Servers;

/// <summary>A server could not be found, started or asked. The message says what to do, in one sentence, and ends with
/// what the server has written last.</summary>
public sealed class ServerException(string message, Exception? cause = null) : Exception(message, cause);
