namespace Undercroft.Archives;

/// <summary>What a restore does about records that its target has already.</summary>
public enum RestoreTarget
{
    /// <summary>It refuses to begin where there are any. What it has begun itself it goes on with.</summary>
    Empty = 0,

    /// <summary>Records of the target stay as they are; those it does not have are added.</summary>
    Keep,

    /// <summary>Records of the archive replace those of the same key; all others stay.</summary>
    Overwrite,
}
