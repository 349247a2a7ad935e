using System.Text.Json;
using Undercroft.Cli.Invocation;
using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>Stories that cannot be read, as after a slip in an edit by hand: the command goes on with the others, and
/// names these at its end.</summary>
internal sealed class UnreadableStories(CliRun run)
{
    private readonly Dictionary<string, Exception> found = new(StringComparer.Ordinal);

    /// <summary>Takes a story that was passed over.</summary>
    public void Add(string id, StoreException error) => _ = found.TryAdd(id, error);

    /// <summary>Takes the stories that a library passes over from now on.</summary>
    public void Watch(StoryLibrary library) => _ = library.Events.On<StorageError>(happened =>
    {
        if (happened is { Operation: "list" or "search", Id: { } id })
        {
            _ = found.TryAdd(id, happened.Error);
        }
    });

    /// <summary>Loads a story; null where it cannot be read.</summary>
    /// <exception cref="CliException">It was deleted since.</exception>
    public async Task<Story?> LoadAsync(Storage storage, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await StoryFinder.LoadAsync(storage, id, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException error) when (IsUnreadable(error))
        {
            Add(id, error);
            return null;
        }
    }

    /// <summary>Names what was passed over.</summary>
    /// <returns>How the command ends.</returns>
    public ExitCode Show()
    {
        foreach (var (id, error) in found)
        {
            run.Output.Note($"{CliApp.Name}: {Sentence(id, error)} It was passed over.");
        }

        return found.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    /// <summary>Whether an error says that what is stored is no story.</summary>
    public static bool IsUnreadable(StoreException error) =>
        error.Kind is StoreErrorKind.Malformed or StoreErrorKind.Corrupt;

    /// <summary>Says that a story cannot be read, where, and what to do.</summary>
    public static string Sentence(string id, Exception error)
    {
        if (error.InnerException is not JsonException { LineNumber: { } line, BytePositionInLine: { } position })
        {
            return $"The story {Names.Show(id)} cannot be read. {error.Message}";
        }

        var place = FormattableString.Invariant($"line {line + 1}, byte {position + 1}");
        return $"The story {Names.Show(id)} cannot be read: its document is no story from {place} on. Mend it; "
            + $"'{CliApp.Name} store verify' names the file of a files store. Or bring a backup back with "
            + $"'{CliApp.Name} stories restore {id}', or delete it with '{CliApp.Name} stories delete {id}' and import "
            + "it.";
    }
}
