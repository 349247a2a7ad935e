namespace Undercroft.Files.Disk;

/// <summary>A sync failed. What the disk holds of the bytes before it is unknown, and stays so: the next sync may
/// succeed without having written them.</summary>
internal sealed class SyncFailedException : IOException
{
    public SyncFailedException(IOException error)
        : base(error.Message, error) => HResult = error.HResult;
}
