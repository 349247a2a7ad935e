namespace Undercroft.Stories;

/// <summary>Loads what the store holds now, whatever the cache has.</summary>
internal static class FreshLoads
{
    private static readonly StoryLoadOptions Fresh = new() { IsFresh = true };

    extension(StoryLibrary library)
    {
        public ValueTask<StoredStory?> LoadFreshAsync(string storyId, CancellationToken cancellationToken) =>
            library.LoadAsync(storyId, Fresh, cancellationToken);
    }
}
