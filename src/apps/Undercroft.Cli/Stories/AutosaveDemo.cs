using System.Globalization;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>A story, a script that edits it in bursts, somebody else who edits it too, and the autosave
/// between.</summary>
internal sealed class AutosaveDemo(CliRun run, Storage storage, TimeSpan pause)
{
    private const string StoryId = "autosave-demo";
    private const int Burst = 4;

    private readonly Lock gate = new();

    /// <summary>Edits so often, or until it is interrupted; what was edited is saved either way.</summary>
    public async Task<ExitCode> RunAsync(int edits, CancellationToken cancellationToken)
    {
        var library = new StoryLibrary(storage);
        await using var ownedLibrary = library.ConfigureAwait(false);
        var others = new StoryLibrary(storage);
        await using var ownedOthers = others.ConfigureAwait(false);
        var autosave = new StoryAutosave(library, Options(library));
        var code = ExitCode.Ok;
        var story = new Story { Id = StoryId, Name = "Autosave demo" };
        await using (autosave.ConfigureAwait(false))
        {
            Listen(autosave);
            var opened = await autosave.OpenAsync(StoryId, cancellationToken).ConfigureAwait(false);
            story = opened?.Story ?? story;
            Tell("opened", $"{Lines(story)} edits are there from earlier runs", opened?.Revision);
            try
            {
                story = await EditAsync(autosave, others, story, edits, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                code = ExitCode.Cancelled;
                Tell("interrupted", "saving what was edited", null);
            }
        }

        var statistics = autosave.Statistics;
        var kept = await library.LoadAsync(StoryId, cancellationToken: CancellationToken.None).ConfigureAwait(false)
            ?? throw new CliException(ExitCode.Failure, "Nothing could be saved; the lines above say why.");
        Tell(
            "done",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Lines(kept.Story)} edits are in the store; {statistics.Edits} edits in {statistics.Saves} saves, "
                + $"{statistics.Merges} of them merged with somebody else's"),
            kept.Revision);
        return code;
    }

    private async Task<Story> EditAsync(
        StoryAutosave autosave, StoryLibrary others, Story story, int edits, CancellationToken cancellationToken)
    {
        var isAlone = true;
        for (var edit = 1; edit <= edits; edit++)
        {
            // What was merged is shown before the next edit, as an editor would.
            story = autosave.Adopt(StoryId) ?? story;
            story = AddLine(story, "draft", $"Edit {edit} at {Amounts.Time(run.Host.Clock.GetUtcNow())}.");
            autosave.MarkDirty(story);
            Tell("edited", $"edit {edit} of {edits}", null);
            if (isAlone && edit * 2 >= edits)
            {
                isAlone = !await InterfereAsync(others, cancellationToken).ConfigureAwait(false);
            }

            var wait = edit % Burst == 0 ? pause * Burst : pause;
            await Task.Delay(wait, run.Host.Clock, cancellationToken).ConfigureAwait(false);
        }

        return story;
    }

    // Somebody else has the story open too, and writes into another passage; once there is a story.
    private async Task<bool> InterfereAsync(StoryLibrary others, CancellationToken cancellationToken)
    {
        var fresh = new StoryLoadOptions { IsFresh = true };
        if (await others.LoadAsync(StoryId, fresh, cancellationToken).ConfigureAwait(false) is not { } stored)
        {
            return false;
        }

        var changed = AddLine(stored.Story, "notes", $"A note at {Amounts.Time(run.Host.Clock.GetUtcNow())}.");
        try
        {
            var expected = new StorySaveOptions { Expected = stored.Revision };
            var saved = await others.SaveAsync(changed, expected, cancellationToken).ConfigureAwait(false);
            Tell("elsewhere", "somebody else wrote a note", saved.Revision);
            return true;
        }
        catch (RevisionConflictException)
        {
            // The autosave was faster; at the next edit again.
            return false;
        }
    }

    private StoryAutosaveOptions Options(StoryLibrary library)
    {
        var clock = run.Host.Clock;
        var debounce = pause * 2;
        return new StoryAutosaveOptions
        {
            Clock = clock,
            Debounce = debounce,
            Interval = debounce * 5,
            Backups = new StoryBackups(storage, library, new StoryBackupOptions { Clock = clock }),
        };
    }

    private void Listen(StoryAutosave autosave)
    {
        _ = autosave.OnSaved(saved => Tell(
            "saved", saved.IsAllSaved ? "everything is saved" : "more was edited meanwhile", saved.Stored.Revision));
        _ = autosave.OnMerged(merged => Tell(
            "merged",
            $"with somebody else's edits, {Amounts.Of(merged.Conflicts.Count, "conflict", "conflicts")}",
            merged.Stored.Revision));
        _ = autosave.OnFailed(failed => Tell(
            "failed",
            failed.RetryIn is { } delay ? $"{failed.Error.Message} Again in {delay}." : failed.Error.Message,
            null));
    }

    private void Tell(string what, string text, Revision? revision)
    {
        // Saves are told from other threads.
        lock (gate)
        {
            if (run.IsJson)
            {
                run.Output.Json(new AutosaveDemoView(what, text, revision?.Value), CliJson.Default.AutosaveDemoView);
            }
            else
            {
                var at = revision is { } known ? $"  {known}" : "";
                run.Output.Line($"{what,-11}  {text}{at}");
            }
        }
    }

    private static Story AddLine(Story story, string name, string line)
    {
        var known = story.Passages.FirstOrDefault(passage => passage.Id == name);
        return story with
        {
            Passages = known is null
                ? [.. story.Passages, new Passage { Id = name, Name = name, Body = line + "\n" }]
                : [.. story.Passages.Select(old => old == known ? old with { Body = $"{old.Body}{line}\n" } : old)],
        };
    }

    private static int Lines(Story story) =>
        story.Passages.FirstOrDefault(passage => passage.Id == "draft")?.Body.Count(static c => c == '\n') ?? 0;
}

/// <summary>What <c>stories autosave-demo --json</c> writes for each thing that happens.</summary>
internal sealed record AutosaveDemoView(string Event, string Text, long? Revision);
