namespace Undercroft.Monitors;

/// <summary>A node did not do what it should: the message is a result of the run, not a fault of the program.</summary>
internal sealed class NodeFailure(string message, Exception? inner = null) : Exception(message, inner)
{
    public int? HttpStatus { get; init; }
}
