namespace Undercroft.Stories;

/// <summary>What a list of stories is sorted by.</summary>
public enum StoryOrder
{
    /// <summary>The title, whatever its case. An index gives this order.</summary>
    Name = 0,

    /// <summary>When the story was first saved.</summary>
    Created,

    /// <summary>When it was last changed.</summary>
    Updated,

    /// <summary>The bytes it takes.</summary>
    Size,

    /// <summary>The number of its words.</summary>
    Words,
}
