using System.CommandLine;
using System.Runtime.CompilerServices;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories search</c>: finds a text wherever it stands.</summary>
internal sealed class StoriesSearchCommand : CliCommand
{
    private readonly Argument<string> text = new("text") { Description = "What to find; case does not matter." };

    private readonly Option<string?> only = new("--story")
    {
        Description = "Search only this story: its id, the beginning of its id, or its title.",
        HelpName = "story",
    };

    private readonly Option<int?> limit = new("--limit")
    {
        Description = "Stop after this many places.",
        HelpName = "count",
    };

    public StoriesSearchCommand(CliContext context)
        : base(context, "search", "Find a text in titles, tags, passage names and passages.")
    {
        Add(text);
        Add(only);
        Add(limit);
        text.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value.Length: 0 }])
            {
                result.AddError("The text is empty; expected what to find.");
            }
        });
        limit.MustBe(1);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var unreadable = new UnreadableStories(run);
        var hits = FindAsync(run.Get(only), storage, run.Require(text), unreadable, cancellationToken);
        var found = await ShowAsync(run, hits, run.Get(limit) ?? int.MaxValue).ConfigureAwait(false);
        if (!run.IsJson)
        {
            run.Output.Note(found == 0
                ? $"{Names.Show(run.Require(text))} is nowhere."
                : $"{Amounts.Of(found, "place", "places")}.");
        }

        var code = unreadable.Show();
        return found == 0 && code == ExitCode.Ok ? ExitCode.NotFound : code;
    }

    /// <summary>Shows the first places.</summary>
    /// <returns>How many were shown.</returns>
    internal static async Task<int> ShowAsync(CliRun run, IAsyncEnumerable<StoryHit> hits, int most)
    {
        var found = 0;
        await foreach (var hit in hits.ConfigureAwait(false))
        {
            Show(run, hit.Story, hit.Hit);
            if (++found == most)
            {
                break;
            }
        }

        return found;
    }

    private static async IAsyncEnumerable<StoryHit> FindAsync(
        string? meant,
        Storage storage,
        string text,
        UnreadableStories unreadable,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (meant is null)
        {
            var library = new StoryLibrary(storage);
            await using var closed = library.ConfigureAwait(false);
            unreadable.Watch(library);
            var everywhere = library.SearchAsync(text, cancellationToken);
            await foreach (var hit in everywhere.ConfigureAwait(false))
            {
                yield return hit;
            }

            yield break;
        }

        var summary = await StoryFinder.FindAsync(storage, meant, cancellationToken).ConfigureAwait(false);
        var story = await StoryFinder.LoadAsync(storage, summary.Id, cancellationToken).ConfigureAwait(false);
        foreach (var hit in StorySearch.Find(story, text))
        {
            yield return new StoryHit(summary, hit);
        }
    }

    private static void Show(CliRun run, StorySummary story, StorySearchHit hit)
    {
        if (run.IsJson)
        {
            var view = new HitView(
                story.Id,
                story.Name,
                hit.Place,
                hit.PassageId,
                hit.PassageName,
                hit.Line,
                hit.Excerpt,
                hit.Start,
                hit.Length);
            run.Output.Json(view, CliJson.Default.HitView);
            return;
        }

        var place = hit.Place switch
        {
            StorySearchPlace.Title => "title",
            StorySearchPlace.StoryTag => "tag",
            StorySearchPlace.PassageName => "passage name",
            StorySearchPlace.PassageTag => $"tag of {hit.PassageName}",
            _ => $"{hit.PassageName}:{hit.Line}",
        };
        // The indentation of a line says nothing here.
        var text = hit.Excerpt.Replace('\t', ' ');
        var indent = Math.Min(text.Length - text.TrimStart().Length, hit.Start);
        run.Output.Highlight($"{Titles.Of(story)} › {place}: ", text[indent..], hit.Start - indent, hit.Length);
    }
}

/// <summary>What <c>stories search --json</c> writes for each place.</summary>
internal sealed record HitView(
    string StoryId,
    string StoryName,
    StorySearchPlace Place,
    string? PassageId,
    string? PassageName,
    int? Line,
    string Excerpt,
    int Start,
    int Length);
