namespace Undercroft.Stories;

/// <summary>Something that has happened in a library.</summary>
public abstract record StoryEvent
{
    private protected StoryEvent()
    {
    }
}
