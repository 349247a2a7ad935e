namespace Undercroft;

/// <summary>How much of each record a read brings back. Less detail costs less.</summary>
public enum RecordDetail
{
    /// <summary>Everything but the index entries.</summary>
    Whole = 0,

    /// <summary>Everything but the value and the index entries.</summary>
    Meta,

    /// <summary>The key, the revision and whether it is deleted; other members hold their defaults.</summary>
    Keys,

    /// <summary>Everything, the index entries too: what a faithful copy needs.</summary>
    Complete,
}
