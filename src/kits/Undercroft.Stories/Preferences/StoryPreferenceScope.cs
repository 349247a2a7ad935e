namespace Undercroft.Stories;

/// <summary>For whom a preference counts.</summary>
public sealed record StoryPreferenceScope
{
    private StoryPreferenceScope(StoryPreferenceLevel level, string owner) => (Level, Owner) = (level, owner);

    /// <summary>For everybody.</summary>
    public static StoryPreferenceScope Global { get; } = new(StoryPreferenceLevel.Global, "");

    /// <summary>The level.</summary>
    public StoryPreferenceLevel Level { get; }

    /// <summary>Which person or project; empty for everybody.</summary>
    public string Owner { get; }

    /// <summary>For one person.</summary>
    /// <param name="name">Any text that names the person; not empty.</param>
    public static StoryPreferenceScope User(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new StoryPreferenceScope(StoryPreferenceLevel.User, name);
    }

    /// <summary>For one project.</summary>
    /// <param name="id">Any text that names the project, such as a story's id; not empty.</param>
    public static StoryPreferenceScope Project(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new StoryPreferenceScope(StoryPreferenceLevel.Project, id);
    }

    /// <summary>Writes the scope as <c>Global</c> or <c>User 'ann'</c>.</summary>
    public override string ToString() =>
        Level == StoryPreferenceLevel.Global ? nameof(Global) : $"{Level} {Names.Show(Owner)}";
}
