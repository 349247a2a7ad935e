namespace Undercroft.Stories;

/// <summary>A story without its passages' content and without the page around it: collection <c>story-contents</c>.
/// </summary>
/// <param name="Story">The story; its list of passages is empty, its origin has no page.</param>
/// <param name="Passages">Its passages in order.</param>
/// <param name="HasPage">Whether a page is kept beside it.</param>
internal sealed record StoryContents(Story Story, IReadOnlyList<PassageRef> Passages, bool HasPage);

/// <summary>One passage of a story.</summary>
/// <param name="Id">The passage's id.</param>
/// <param name="Document">Where it is kept, if not under its own id: see <see cref="LibraryWriter"/>.</param>
internal sealed record PassageRef(string Id, string? Document = null);

/// <summary>The page around a story of Twine HTML, the format's engine with it: collection <c>story-pages</c>.
/// </summary>
internal sealed record StoryPage(string Before, string After);

/// <summary>Says that a save of several commits is under way: collection <c>story-saves</c>.</summary>
internal sealed record StorySave(string StoryId);

/// <summary>One passage: collection <c>story-passages</c>, under <c>story id/passage id</c>.</summary>
/// <param name="StoryId">The story it belongs to.</param>
/// <param name="NameKey">The beginning of its name in small letters, for look-up.</param>
/// <param name="Passage">The passage.</param>
internal sealed record PassageDocument(string StoryId, string NameKey, Passage Passage);
