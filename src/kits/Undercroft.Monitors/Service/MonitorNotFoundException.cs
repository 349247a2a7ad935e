namespace Undercroft.Monitors;

/// <summary>What was named is not there.</summary>
public sealed class MonitorNotFoundException : Exception
{
    internal MonitorNotFoundException(string kind, string id)
        : base($"There is no {kind} {Names.Show(id)}. It may have been deleted; list them to see which there are.")
    {
    }
}
