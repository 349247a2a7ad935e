namespace Undercroft.Stories;

/// <summary>Where a story stands with its autosave.</summary>
public enum StoryAutosaveState
{
    /// <summary>Open; nothing was edited yet.</summary>
    Idle = 0,

    /// <summary>Edited; a save is due soon, or again after a failure.</summary>
    Dirty = 1,

    /// <summary>Being saved.</summary>
    Saving = 2,

    /// <summary>Everything edited so far is saved.</summary>
    Saved = 3,

    /// <summary>Saving failed and is not tried again until the next edit or until somebody asks for it.</summary>
    Failed = 4,

    /// <summary>Autosave is paused.</summary>
    Paused = 5,
}
