namespace Undercroft.Stories;

/// <summary>In what way two versions of a story contradict each other.</summary>
public enum StoryConflictKind
{
    /// <summary>Both changed what was there, each in its own way.</summary>
    BothChanged = 0,

    /// <summary>Both added it, each in its own way.</summary>
    BothAdded = 1,

    /// <summary>The local version deleted what the remote one changed, or named as the start.</summary>
    LocalDeleted = 2,

    /// <summary>The remote version deleted what the local one changed, or named as the start.</summary>
    RemoteDeleted = 3,
}
