using System.Globalization;
using Undercroft.Stories;

namespace Undercroft.Crash;

/// <summary>Edits one story as fast as autosave keeps it, until the process is killed or its input ends.</summary>
public static class AutosaveEditor
{
    /// <summary>The story's id.</summary>
    public const string StoryId = "story";

    private const int Passages = 40;

    /// <summary>Edits and writes a line with the number of the edit for each save that was reported.</summary>
    public static async Task RunAsync(IStore store, TextReader input, TextWriter output)
    {
        await using var storage = new Storage(store);
        var library = new StoryLibrary(storage);
        var backups = new StoryBackups(
            storage, library, new StoryBackupOptions { Interval = TimeSpan.FromMilliseconds(20), KeptMax = 3 });
        await using var autosave = new StoryAutosave(
            library,
            new StoryAutosaveOptions
            {
                Interval = TimeSpan.FromMilliseconds(4),
                Debounce = TimeSpan.FromMilliseconds(1),
                Backups = backups,
            });
        var opened = await autosave.OpenAsync(StoryId);
        _ = autosave.OnSaved(saved =>
        {
            output.WriteLine(NumberOf(saved.Stored.Story));
            output.Flush();
        });

        // The console's reader blocks whatever it is asked.
        var ended = Task.Run(input.ReadToEnd);
        for (var number = (opened is null ? 0 : NumberOf(opened.Story)) + 1; !ended.IsCompleted; number++)
        {
            autosave.MarkDirty(Make(number));
            if (number % 4 == 0)
            {
                _ = await autosave.SaveNowAsync(StoryId);
            }
            else
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }
        }
    }

    /// <summary>The edit that a story shows; it fails where the story shows parts of two.</summary>
    public static long NumberOf(Story story)
    {
        ArgumentNullException.ThrowIfNull(story);
        var numbers = story.Passages.Select(static passage => passage.Body).Append(story.Name).Distinct().ToList();
        return numbers.Count == 1 && story.Passages.Count == Passages
            ? long.Parse(numbers[0], CultureInfo.InvariantCulture)
            : throw new InvalidOperationException(
                $"The story is in pieces: {story.Passages.Count} passages of the edits {string.Join(", ", numbers)}.");
    }

    private static Story Make(long number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return new Story
        {
            Id = StoryId,
            Name = text,
            Passages = [.. Enumerable.Range(0, Passages).Select(i => new Passage { Id = $"p{i}", Body = text })],
        };
    }
}
