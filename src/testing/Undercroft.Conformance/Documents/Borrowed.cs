using System.Diagnostics.CodeAnalysis;
using Undercroft.Layers;

namespace Undercroft.Conformance;

/// <summary>A storage disposes its store; this one belongs to the test.</summary>
internal sealed class Borrowed(IStore store) : DelegatingStore(store)
{
    [SuppressMessage("Usage", "CA2215", Justification = "That is the point of it.")]
    public override ValueTask DisposeAsync() => default;
}
