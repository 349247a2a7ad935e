namespace Undercroft.Redis.Client;

/// <summary>Moves bytes over one connection: one thread receives, one at a time sends.</summary>
internal abstract class RedisTransport : IDisposable
{
    /// <summary>Waits until there are bytes and takes them; 0 means that the other side has hung up.</summary>
    public abstract int Receive(Span<byte> destination);

    /// <summary>Sends what can be sent without waiting.</summary>
    /// <returns>How many bytes were taken; fewer than given means that the other side does not read.</returns>
    public abstract int Send(ReadOnlySpan<byte> source);

    /// <summary>Waits, for a while at most, until bytes can be sent again.</summary>
    public abstract void AwaitRoom();

    /// <summary>Ends the connection at once, for both directions; whoever waits goes on.</summary>
    public abstract void Abort();

    /// <inheritdoc/>
    public abstract void Dispose();
}
