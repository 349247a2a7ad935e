namespace Undercroft.Stories;

/// <summary>Refuses stories that cannot be told apart, or whose passages cannot.</summary>
internal static class RepeatedIds
{
    public static void Refuse(IReadOnlyList<Story> stories)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var passages = new HashSet<string>(StringComparer.Ordinal);
        foreach (var story in stories)
        {
            ArgumentNullException.ThrowIfNull(story);
            _ = LibraryCollections.KeyOf(story.Id);
            if (!ids.Add(story.Id))
            {
                throw new ArgumentException(
                    $"Cannot save {Names.Show(story.Id)} twice in one change. Save the later one only.",
                    nameof(stories));
            }

            passages.Clear();
            foreach (var passage in story.Passages)
            {
                if (!passages.Add(passage.Id))
                {
                    throw new ArgumentException(
                        $"Cannot save {Names.Show(story.Id)}: two passages have the id {Names.Show(passage.Id)}. Give "
                        + "each its own, or read the story with StoryIdentity.KeepIds.",
                        nameof(stories));
                }
            }
        }
    }
}
