using Undercroft.Cli.Output;

namespace Undercroft.Cli.Invocation;

/// <summary>A file as long as it was when it was opened: one that grows while it is read, be it because what is read
/// is written into it, ends where it ended then.</summary>
internal sealed class SteadyFile : Stream
{
    private readonly string path;
    private readonly FileStream inner;
    private readonly DateTime writtenAt;

    private SteadyFile(string path, FileStream inner)
    {
        (this.path, this.inner) = (path, inner);
        (Length, writtenAt) = (inner.Length, File.GetLastWriteTimeUtc(path));
    }

    public override long Length { get; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    /// <summary>Opens a file for reading, whoever writes to it. What has no length, as a pipe, is given as it is.
    /// </summary>
    public static Stream Open(string path)
    {
        var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, useAsync: true);
        return file.CanSeek ? new SteadyFile(path, file) : file;
    }

    /// <summary>Refuses what was read where others wrote to the file meanwhile: it may be no state the file ever had.
    /// </summary>
    /// <exception cref="CliException">They did.</exception>
    public void CheckUnchanged()
    {
        if (inner.Length != Length || File.GetLastWriteTimeUtc(path) != writtenAt)
        {
            throw new CliException(
                ExitCode.Failure,
                $"{Names.Show(path)} changed while it was read: it had {Amounts.Bytes(Length)} and has "
                + $"{Amounts.Bytes(inner.Length)} now. Nothing was put; put a copy that nobody writes to.");
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer[..Fitting(buffer.Length)], cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Fitting(count));

    public override long Seek(long offset, SeekOrigin origin) =>
        inner.Seek(origin == SeekOrigin.End ? Length + offset : offset, origin == SeekOrigin.End ? default : origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Fitting(int count) => (int)Math.Clamp(Length - inner.Position, 0, count);
}
