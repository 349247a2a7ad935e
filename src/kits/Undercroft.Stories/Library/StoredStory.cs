namespace Undercroft.Stories;

/// <summary>A story as a library keeps it. Immutable, so that a cache may hand the same one to many.</summary>
/// <param name="Story">The story.</param>
/// <param name="Revision">Where the story was last changed, its metadata included: give it to
/// <see cref="StorySaveOptions.Expected"/> to overwrite nobody else's work.</param>
/// <param name="Tags">The library's tags, each once, by their bytes. <see cref="Story.Tags"/> are the author's, in the
/// file; a new story begins with those.</param>
/// <param name="CreatedAt">When the story was first saved, in UTC.</param>
/// <param name="UpdatedAt">When it was last changed, in UTC.</param>
public sealed record StoredStory(
    Story Story, Revision Revision, IReadOnlyList<string> Tags, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);
