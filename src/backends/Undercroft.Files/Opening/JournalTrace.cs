using Undercroft.Files.Values;

namespace Undercroft.Files.Opening;

/// <summary>What the journal says the file of one record has held, one after the other.</summary>
internal sealed class JournalTrace
{
    /// <summary>What it held before the first commit in the journal, then after each.</summary>
    public List<FileMark> Marks { get; } = [];

    /// <summary>The values those commits wrote: what a write that was cut short is the beginning of.</summary>
    public List<StoredValue> Values { get; } = [];

    /// <summary>The run of the operating system the first of them was written in.</summary>
    public required Guid FirstBoot { get; init; }

    /// <summary>The run of the operating system the last of them was written in.</summary>
    public Guid Boot { get; set; }
}
