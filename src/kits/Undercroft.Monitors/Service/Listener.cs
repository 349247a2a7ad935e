using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Monitors;

/// <summary>Tells whoever listens, and goes on where he throws: a log that cannot be written ends no loop.</summary>
internal static class Listener
{
    /// <summary>Calls a listener; what it throws is lost, for it could only be told to the same one.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a listener throws, the work goes on.")]
    public static void Tell<T>(Action<T>? listener, T what)
    {
        try
        {
            listener?.Invoke(what);
        }
        catch (Exception)
        {
            // See above.
        }
    }
}
