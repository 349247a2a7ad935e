namespace Undercroft.Cli.Output;

/// <summary>The standard output or the standard error, which may be closed or full.</summary>
/// <param name="open">Opens it.</param>
/// <param name="isHeard">Whether a fault is told of, by an <see cref="IOException"/> that says so in a sentence. Of the
/// standard error nobody can be told anything.</param>
internal sealed class StandardStream(Func<Stream> open, bool isHeard) : Stream
{
    // EPIPE.
    private const int BrokenPipe = 32;

    private Stream? inner;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    // Opened by the first who writes: a command that says nothing needs none.
    private Stream Inner => inner ??= open();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            Inner.Write(buffer);
        }
        catch (Exception error) when (IsFault(error))
        {
            Tell(error);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await Inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsFault(error))
        {
            Tell(error);
        }
    }

    // The console's streams hold nothing back.
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner?.Dispose();
        }

        base.Dispose(disposing);
    }

    // .NET takes a closed one for a forbidden one.
    private static bool IsFault(Exception error) => error is IOException or UnauthorizedAccessException;

    private void Tell(Exception error)
    {
        if (isHeard && error.HResult == BrokenPipe)
        {
            throw new OutputEndedException(error);
        }

        if (isHeard)
        {
            var reason = (error.InnerException ?? error).Message.TrimEnd('.');
            throw new IOException($"Cannot write to the standard output: {reason}.", error);
        }
    }
}
