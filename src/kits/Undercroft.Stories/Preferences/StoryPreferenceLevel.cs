namespace Undercroft.Stories;

/// <summary>For whom a preference counts; the later wins where several are asked.</summary>
public enum StoryPreferenceLevel
{
    /// <summary>For everybody.</summary>
    Global = 0,

    /// <summary>For one person.</summary>
    User = 1,

    /// <summary>For one project.</summary>
    Project = 2,
}
