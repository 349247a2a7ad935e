namespace Undercroft.Servers;

/// <summary>What goes wrong on the way.</summary>
public enum FaultKind
{
    /// <summary>The connection is reset, in both directions.</summary>
    Cut,

    /// <summary>Nothing passes any more, in neither direction, and nobody is told: a half-open connection.</summary>
    Freeze,

    /// <summary>What is on its way stays there for <see cref="Fault.Delay"/>, and then goes on.</summary>
    Delay,

    /// <summary>A question reaches the server twice, which acts on both; the answers are lost and the connection is
    /// closed. It stands for a network, or a proxy, that repeats a request nobody has seen the answer to.</summary>
    Twice,
}
