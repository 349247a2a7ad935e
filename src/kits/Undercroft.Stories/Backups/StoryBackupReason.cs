namespace Undercroft.Stories;

/// <summary>Why a backup was taken.</summary>
public enum StoryBackupReason
{
    /// <summary>Somebody asked for it.</summary>
    Asked = 0,

    /// <summary>The story was about to be overwritten.</summary>
    BeforeSave = 1,

    /// <summary>An older backup was about to be put in the story's place.</summary>
    BeforeRestore = 2,
}
