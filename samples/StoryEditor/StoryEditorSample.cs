using System.Text.Json.Serialization;
using Undercroft;
using Undercroft.Stories;

namespace Samples;

[JsonSerializable(typeof(string))]
internal sealed partial class EditorJson : JsonSerializerContext;

/// <summary>A story editor in the terminal: <c>dotnet run --project samples/StoryEditor [store]</c>.</summary>
/// <remarks>It keeps what is written without being asked. Kill it and start it again: nothing that it called saved is
/// gone.</remarks>
public static class StoryEditorSample
{
    private const string Help =
        "write PASSAGE TEXT · rename PASSAGE NAME · delete PASSAGE · show · save · status · pause · resume · "
        + "backups · restore NUMBER · elsewhere PASSAGE TEXT · theme [NAME] · sign-in TOKEN · push · quit";

    /// <summary>Edits a story in a store, by default in a file in the working directory.</summary>
    public static Task Main(string[] args)
    {
        var secrets = Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData);
        return RunAsync(
            args is [var uri, ..] ? uri : "sqlite:stories.db",
            Path.Combine(secrets, "undercroft-samples", "token.key"),
            Console.In,
            Console.Out,
            TimeProvider.System);
    }

    /// <summary>Runs the editor until its input ends.</summary>
    /// <param name="uri">The store.</param>
    /// <param name="keyFile">Where the key for tokens is; made if it is missing.</param>
    /// <param name="input">Commands, a line each.</param>
    /// <param name="output">Where to write what happens.</param>
    /// <param name="clock">What tells autosave when to save.</param>
    public static async Task RunAsync(
        string uri, string keyFile, TextReader input, TextWriter output, TimeProvider clock)
    {
        output = TextWriter.Synchronized(output);
        var schemes = new StoreSchemes().AddSqlite().AddFiles();
        await using var storage = await Storage.OpenAsync(uri, schemes);
        await using var library = new StoryLibrary(storage);

        // docs:autosave
        var backups = new StoryBackups(
            storage, library, new StoryBackupOptions { KeptMax = 5, Interval = TimeSpan.Zero, Clock = clock });
        await using var autosave = new StoryAutosave(
            library,
            new StoryAutosaveOptions
            {
                Debounce = TimeSpan.FromSeconds(2),
                Interval = TimeSpan.FromSeconds(30),
                Backups = backups,
                Clock = clock,
            });

        using var saved = autosave.OnSaved(
            done => output.WriteLine(done.IsAllSaved ? "saved" : "saved; more was written meanwhile"));
        using var merged = autosave.OnMerged(
            done => output.WriteLine($"merged with others' edits; {done.Conflicts.Count} conflicts"));
        using var failed = autosave.OnFailed(
            done => output.WriteLine($"not saved: {done.Error.Message} Next attempt: {done.RetryIn}"));

        var stored = await autosave.OpenAsync("my-story");
        var story = stored?.Story ?? new Story { Id = "my-story", Name = "My story" };

        // docs:end
        var editor = new Editor(storage, library, autosave, backups, keyFile, output, story);
        await output.WriteLineAsync(Help);
        while (await input.ReadLineAsync() is { } line && line != "quit")
        {
            await editor.RunAsync(line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries));
        }
    }

    private sealed class Editor(
        Storage storage,
        StoryLibrary library,
        StoryAutosave autosave,
        StoryBackups backups,
        string keyFile,
        TextWriter output,
        Story story)
    {
        private Story story = story;

        public async Task RunAsync(string[] words)
        {
            // docs:edit
            // Others' edits are shown before the next command.
            story = autosave.Adopt(story.Id) ?? story;

            // docs:end
            var task = words switch
            {
                ["write", var name, var text] => Edit(WithLine(story, name, text)),
                ["rename", var old, var name] => Edit(Change(old, passage => passage with { Name = name })),
                ["delete", var name] => Edit(story with { Passages = [.. story.Passages.Where(p => p.Name != name)] }),
                ["show"] => ShowAsync(),
                ["save"] => autosave.SaveNowAsync(story.Id).AsTask(),
                ["status"] => StatusAsync(),
                ["pause"] => Do(autosave.Pause),
                ["resume"] => Do(autosave.Resume),
                ["backups"] => ListBackupsAsync(),
                ["restore", var number] when long.TryParse(number, out var backup) => RestoreAsync(backup),
                ["elsewhere", var name, var text] => ElsewhereAsync(name, text),
                ["theme"] => ShowThemeAsync(),
                ["theme", var theme] => SetThemeAsync(theme),
                ["sign-in", var token] => SignInAsync(token),
                ["push"] => PushAsync(),
                _ => output.WriteLineAsync(Help),
            };
            await task;
        }

        // docs:mark
        private Task Edit(Story edited)
        {
            story = edited;
            autosave.MarkDirty(story);
            return Task.CompletedTask;
        }

        // docs:end
        private static Task Do(Action act)
        {
            act();
            return Task.CompletedTask;
        }

        private async Task ShowAsync()
        {
            foreach (var passage in story.Passages)
            {
                var lines = passage.Body.TrimEnd().Split('\n');
                await output.WriteLineAsync($"{passage.Name}: {string.Join(" / ", lines)}");
            }
        }

        private async Task StatusAsync()
        {
            var status = autosave.Status(story.Id)!;
            var statistics = autosave.Statistics;
            await output.WriteLineAsync($"{status.State}, {statistics.Edits} edits in {statistics.Saves} saves");
        }

        private async Task ListBackupsAsync()
        {
            await foreach (var backup in backups.ListAsync(story.Id))
            {
                await output.WriteLineAsync($"{backup.Number}: {backup.Reason}, {backup.Bytes} bytes");
            }
        }

        private async Task RestoreAsync(long number)
        {
            // docs:restore
            // What is unsaved is saved first, so that it is in the backup that the restore takes.
            await autosave.CloseAsync(story.Id);
            var restored = await backups.RestoreAsync(story.Id, number);
            await output.WriteLineAsync(restored is null ? "no such backup" : $"as it was in backup {number}");

            story = (await autosave.OpenAsync(story.Id))?.Story ?? story;

            // docs:end
        }

        // Somebody else has the story open and saves it.
        private async Task ElsewhereAsync(string name, string text)
        {
            var theirs = await library.LoadAsync(story.Id, new StoryLoadOptions { IsFresh = true });
            await library.SaveAsync(WithLine(theirs?.Story ?? story, name, text));
        }

        private async Task SetThemeAsync(string theme)
        {
            // docs:set-preference
            var preferences = new StoryPreferences(storage);
            await preferences.SetAsync(
                StoryPreferenceScope.User("ann"), "editor.theme", theme, EditorJson.Default.String);

            // docs:end
        }

        private async Task ShowThemeAsync()
        {
            // docs:resolve-preference
            var preferences = new StoryPreferences(storage);
            var theme = await preferences.ResolveAsync(
                "editor.theme", EditorJson.Default.String, user: "ann", project: story.Id);
            await output.WriteLineAsync(theme is null ? "no theme" : $"{theme.Value}, set for {theme.Scope}");

            await foreach (var setting in preferences.ListAsync(StoryPreferenceScope.User("ann"), "editor."))
            {
                await output.WriteLineAsync($"{setting.Key} = {setting.Value}");
            }

            // docs:end
        }

        private async Task SignInAsync(string secret)
        {
            // docs:token
            using var key = StoryTokenKey.FromFile(keyFile, storage);
            var tokens = new StoryTokens(storage, key);
            await tokens.SaveAsync("github", new StoryToken { AccessToken = secret, Scope = "repo" });

            var token = await tokens.LoadAsync("github");
            await output.WriteLineAsync($"signed in: {token}");

            // docs:end
        }

        private async Task PushAsync()
        {
            // docs:sync
            var queue = new StorySyncQueue(storage, "my-server");
            foreach (var entry in await queue.PendingAsync())
            {
                try
                {
                    await SendAsync(entry);
                    await queue.AcknowledgeAsync(entry);
                }
                catch (HttpRequestException error)
                {
                    await queue.FailAsync(entry, error.Message);
                }
            }

            // docs:end
        }

        // Where a real editor would send the story to its server.
        private Task SendAsync(StorySyncEntry entry) => output.WriteLineAsync($"{entry.Operation} {entry.StoryId}");

        private Story Change(string name, Func<Passage, Passage> change) => story with
        {
            Passages = [.. story.Passages.Select(passage => passage.Name == name ? change(passage) : passage)],
        };

        private static Story WithLine(Story story, string name, string text)
        {
            var known = story.Passages.FirstOrDefault(passage => passage.Name == name);
            return story with
            {
                Passages = known is null
                    ? [.. story.Passages, new Passage { Id = $"p-{name}", Name = name, Body = text + "\n" }]
                    : [.. story.Passages.Select(one => one == known ? one with { Body = $"{one.Body}{text}\n" } : one)],
            };
        }
    }
}
