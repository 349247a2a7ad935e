namespace Undercroft.Copies;

/// <summary>What a copy does about records that its target had before it began.</summary>
public enum CopyTarget
{
    /// <summary>It refuses to begin where there are any. What it has begun itself it goes on with.</summary>
    Empty = 0,

    /// <summary>Records of the source replace those of the same key; all others stay.</summary>
    Overwrite,

    /// <summary>The target becomes equal to the source: what the source does not have is deleted, and what others have
    /// changed since an earlier run is undone. Each run compares all of it.</summary>
    Mirror,
}
