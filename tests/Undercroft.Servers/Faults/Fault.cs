using System.Globalization;
using System.Text;

namespace Undercroft.Servers;

/// <summary>One fault, and where in the conversation it happens.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Side">Which way it looks.</param>
public sealed record Fault(FaultKind Kind, FaultSide Side)
{
    /// <summary>What must pass before it happens: a text in one piece of what is sent. Null is anything.</summary>
    public string? When { get; init; }

    /// <summary>What must have been asked before on the same connection: a text in one piece of it. Null is anything.
    /// So an answer is told from the others.</summary>
    public string? After { get; init; }

    /// <summary>How many pieces that fit pass unharmed first.</summary>
    public int Skip { get; init; }

    /// <summary>How much of the piece still arrives before the fault: from 0, nothing, to 1, all of it.</summary>
    public double Part { get; init; }

    /// <summary>For how long <see cref="FaultKind.Delay"/> holds things up.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Says it in a few words, as the name of a test.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Kind} while {(Side == FaultSide.Asking ? "asking" : "answering")}, {Part:p0}");

    internal bool Fits(FaultSide side, ReadOnlySpan<byte> piece) =>
        side == Side && (When is not { } text || Holds(piece, text));

    internal bool Opens(FaultSide side, ReadOnlySpan<byte> piece) =>
        side == FaultSide.Asking && After is { } text && Holds(piece, text);

    private static bool Holds(ReadOnlySpan<byte> piece, string text) =>
        piece.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
}
