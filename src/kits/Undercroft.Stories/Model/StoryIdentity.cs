namespace Undercroft.Stories;

/// <summary>Recognises the passages of a story that is read again, so that their ids stay.</summary>
public static class StoryIdentity
{
    /// <summary>Gives a newly read story the ids of the same story as it is known.</summary>
    /// <remarks>
    /// A passage is recognised by its id where that says more than its name; then by its name, repeated names in order;
    /// then by its text: equal, or with most of its words in common. Everything else is new and gets an id that the
    /// known story never used.
    /// </remarks>
    /// <param name="known">The story as it was.</param>
    /// <param name="incoming">The story as it is now.</param>
    /// <returns><paramref name="incoming"/> with the ids of <paramref name="known"/>.</returns>
    public static Story KeepIds(Story known, Story incoming)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(incoming);

        var match = new StoryMatch(known, incoming);
        match.ByKey(static passage => StoryIds.IsDrawnFrom(passage.Id, passage.Name) ? null : passage.Id);
        match.ByKey(static passage => passage.Name);
        match.ByKey(static passage => passage.Body.Length == 0 ? null : passage.Body);
        match.BySimilarity();
        return match.Apply();
    }
}
