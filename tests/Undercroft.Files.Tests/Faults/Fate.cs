namespace Undercroft.Files.Tests.Faults;

/// <summary>What a power cut makes of a change that was not synced.</summary>
internal enum Fate
{
    /// <summary>The disk never saw it.</summary>
    Dropped,

    /// <summary>The disk has it.</summary>
    Kept,

    /// <summary>Of a write, the disk has some sectors; another change is dropped.</summary>
    Torn,
}
