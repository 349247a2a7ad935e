using System.Diagnostics.CodeAnalysis;
using Undercroft.Layers;

namespace Undercroft.Cli.Monitors;

/// <summary>A store that somebody else closes.</summary>
internal sealed class BorrowedStore(IStore inner) : DelegatingStore(inner)
{
    [SuppressMessage("Usage", "CA2215", Justification = "Not disposing is what this layer is for.")]
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
