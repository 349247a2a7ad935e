namespace Undercroft;

/// <summary>What a commit has reached when it is acknowledged.</summary>
public enum Durability
{
    /// <summary>The process: a crash of it may lose the commit, whole.</summary>
    Memory = 0,

    /// <summary>The operating system: a kill of the process loses nothing, a power cut may lose the latest
    /// commits, whole and in order.</summary>
    Os,

    /// <summary>The disk: flushed before it is acknowledged.</summary>
    Disk,
}
