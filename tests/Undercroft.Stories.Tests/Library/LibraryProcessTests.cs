using System.Diagnostics;

namespace Undercroft.Stories.Tests;

/// <summary>Two processes with one file, each with stories in its cache: the other one is this program again, started
/// as a child that does what it is told by lines.</summary>
public sealed class LibraryProcessTests : IDisposable
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(2);
    private readonly string folder = Directory.CreateTempSubdirectory("undercroft-processes-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string DatabasePath => Path.Combine(folder, "stories.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_one_process_saves_replaces_what_the_other_has_cached()
    {
        await using var storage = await OpenAsync(DatabasePath);
        await using var library = new StoryLibrary(storage);
        _ = await library.SaveAsync(Lamp("dark"), cancellationToken: Token);
        using var child = StartChild();

        Assert.Equal("cached dark", await AskAsync(child, "cache"));
        _ = await library.SaveAsync(Lamp("lit"), cancellationToken: Token);
        Assert.Equal("seen lit", await AskAsync(child, "await lit"));

        // Now the other way round: what was saved here is in this cache.
        var hits = library.Statistics.CacheHits;
        Assert.Equal("lit", await BodyAsync(library));
        Assert.Equal(hits + 1, library.Statistics.CacheHits);
        Assert.Equal("saved broken", await AskAsync(child, "save broken"));
        await UntilAsync(library, "broken");

        Assert.Equal("deleted", await AskAsync(child, "delete"));
        await UntilAsync(library, null);
        await EndAsync(child);
    }

    /// <summary>What the other process does.</summary>
    internal static async Task<int> RunChildAsync(string path, TextReader orders, TextWriter answers)
    {
        await using var storage = await OpenAsync(path);
        await using var library = new StoryLibrary(storage);
        while (await orders.ReadLineAsync() is { } order)
        {
            await answers.WriteLineAsync(await ObeyAsync(library, order.Split(' ')));
        }

        return 0;
    }

    private static async Task<string> ObeyAsync(StoryLibrary library, string[] order)
    {
        switch (order)
        {
            case ["cache"]:
                var first = await BodyAsync(library);
                return await BodyAsync(library) == first && library.Statistics.CacheHits == 1
                    ? $"cached {first}"
                    : "not cached";
            case ["await", var body]:
                await UntilAsync(library, body);
                return $"seen {body}";
            case ["save", var body]:
                _ = await library.SaveAsync(Lamp(body));
                return $"saved {body}";
            default:
                return await library.DeleteAsync("lamp") ? "deleted" : "nothing to delete";
        }
    }

    private static async Task<string> AskAsync(Process child, string order)
    {
        await child.StandardInput.WriteLineAsync(order.AsMemory(), Token);
        await child.StandardInput.FlushAsync(Token);
        return await child.StandardOutput.ReadLineAsync(Token) ?? await child.StandardError.ReadToEndAsync(Token);
    }

    private static async Task EndAsync(Process child)
    {
        child.StandardInput.Close();
        var errors = await child.StandardError.ReadToEndAsync(Token);
        await child.WaitForExitAsync(Token);
        Assert.True(child.ExitCode == 0, errors);
    }

    private static async Task<Storage> OpenAsync(string path) =>
        await Storage.OpenAsync("sqlite:" + path, new StoreSchemes().AddSqlite());

    private static Story Lamp(string body) => Make.Story(Make.Passage("Start", body)) with { Id = "lamp" };

    private static async Task<string?> BodyAsync(StoryLibrary library) =>
        (await library.LoadAsync("lamp"))?.Story.Passages[0].Body;

    // A process looks at the file now and then: nothing can say when.
    private static async Task UntilAsync(StoryLibrary library, string? body)
    {
        var began = Stopwatch.GetTimestamp();
        while (await BodyAsync(library) != body)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < PatienceMax, "The feed has told nothing for two minutes.");
            await Task.Yield();
        }
    }

    private Process StartChild()
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(LibraryProcessTests).Assembly.GetName().Name!);
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? program + ".exe" : program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Program.ChildArgument, DatabasePath },
        };
        return Process.Start(start)!;
    }
}
