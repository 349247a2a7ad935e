using Undercroft.Cli.Invocation;
using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>Finds the story that somebody means.</summary>
internal static class StoryFinder
{
    private const int ShownMax = 5;

    /// <summary>Finds a story by its id, or by its title or the beginning of its id, where only one has it.</summary>
    /// <exception cref="CliException">There is none, or there are several.</exception>
    public static async Task<StorySummary> FindAsync(
        Storage storage, string meant, CancellationToken cancellationToken)
    {
        if (await FindByIdAsync(storage, meant, cancellationToken).ConfigureAwait(false) is { } exact)
        {
            return exact;
        }

        var library = new StoryLibrary(storage);
        await using var owned = library.ConfigureAwait(false);
        var matches = new List<StorySummary>();
        await foreach (var summary in library.ListAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (Titles.Of(summary.Value).Equals(meant, StringComparison.OrdinalIgnoreCase)
                || (summary.Value.Name.Length == 0 && summary.Value.File == meant)
                || (meant.Length > 0 && summary.Id.StartsWith(meant, StringComparison.OrdinalIgnoreCase)))
            {
                matches.Add(summary.Value);
            }
        }

        return matches switch
        {
            [var one] => one,
            [] => throw new CliException(
                ExitCode.NotFound,
                $"There is no story {Names.Show(meant)}; expected an id, its beginning, or a title. "
                + $"'{CliApp.Name} stories list' shows what there is."),
            _ => throw new CliException(
                ExitCode.NotFound,
                $"{matches.Count} stories are meant by {Names.Show(meant)}: "
                + $"{string.Join(", ", matches.Take(ShownMax).Select(static story => Names.Show(story.Id)))}"
                + $"{(matches.Count > ShownMax ? ", …" : "")}. Give the id of one."),
        };
    }

    /// <summary>Finds a story as <see cref="FindAsync"/> does, also one that cannot be read where its id is named
    /// whole.</summary>
    /// <returns>Its id, and its title where it can be read; null where it cannot.</returns>
    /// <exception cref="CliException">There is none, or there are several.</exception>
    public static async Task<(string Id, string? Name)> FindSpoiledAsync(
        Storage storage, string meant, CancellationToken cancellationToken)
    {
        try
        {
            var found = await FindAsync(storage, meant, cancellationToken).ConfigureAwait(false);
            return (found.Id, found.Name);
        }
        catch (CliException error) when (error.InnerException is StoreException)
        {
            return (meant, null);
        }
    }

    /// <summary>Finds the ids of the stories meant, each once; of all that can be read where none is named.</summary>
    public static async Task<IReadOnlyList<string>> FindIdsAsync(
        Storage storage,
        IReadOnlyList<string> meant,
        UnreadableStories unreadable,
        CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        foreach (var text in meant)
        {
            ids.Add((await FindAsync(storage, text, cancellationToken).ConfigureAwait(false)).Id);
        }

        if (meant.Count == 0)
        {
            var library = new StoryLibrary(storage);
            await using var owned = library.ConfigureAwait(false);
            unreadable.Watch(library);
            await foreach (var story in library.ListAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
            {
                ids.Add(story.Id);
            }
        }

        return [.. ids.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Loads a story that was found.</summary>
    /// <exception cref="CliException">It was deleted since.</exception>
    public static async Task<Story> LoadAsync(Storage storage, string id, CancellationToken cancellationToken)
    {
        var library = new StoryLibrary(storage);
        await using var owned = library.ConfigureAwait(false);
        return (await library.LoadAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false))?.Story
            ?? throw new CliException(ExitCode.NotFound, $"The story {Names.Show(id)} was deleted meanwhile.");
    }

    private static async Task<StorySummary?> FindByIdAsync(
        Storage storage, string id, CancellationToken cancellationToken)
    {
        try
        {
            var found = await storage.Repository(StoryLibrary.Summaries)
                .GetManyAsync(IsId(id) ? [id] : [], cancellationToken)
                .ConfigureAwait(false);
            return found is [{ } exact] ? exact.Value : null;
        }
        catch (StoreException error) when (UnreadableStories.IsUnreadable(error))
        {
            throw new CliException(ExitCode.Failure, UnreadableStories.Sentence(id, error), error);
        }
    }

    // What cannot be an id may still be a title.
    private static bool IsId(string text)
    {
        try
        {
            _ = new RecordKey(StoryLibrary.Summaries.Name, text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
