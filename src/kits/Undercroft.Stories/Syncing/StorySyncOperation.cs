namespace Undercroft.Stories;

/// <summary>What the other side has to do to have the story as it is here.</summary>
public enum StorySyncOperation
{
    /// <summary>It has never had the story.</summary>
    Create = 0,

    /// <summary>It has an older version.</summary>
    Update = 1,

    /// <summary>It has a story that is no longer here.</summary>
    Delete = 2,
}
