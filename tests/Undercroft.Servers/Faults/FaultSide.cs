namespace Undercroft.Servers;

/// <summary>Which way a fault looks.</summary>
public enum FaultSide
{
    /// <summary>From the client to the server.</summary>
    Asking,

    /// <summary>From the server to the client.</summary>
    Answering,
}
