using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Monitors;

/// <summary>Documents of monitors that cannot be read: the command goes on with the others, and names these at its end.
/// </summary>
internal sealed class UnreadablePlans(CliRun run)
{
    private readonly Dictionary<RecordKey, StoreException> found = [];

    /// <summary>Takes a document that was passed over.</summary>
    public void Add(RecordKey document, StoreException error) => _ = found.TryAdd(document, error);

    /// <summary>Names what was passed over.</summary>
    /// <returns>How the command ends.</returns>
    public ExitCode Show()
    {
        foreach (var (document, error) in found)
        {
            run.Output.Note(
                $"{CliApp.Name}: {error.Message} It was passed over. Mend it, or delete it with "
                + $"'{CliApp.Name} monitors delete {document.Id}'.");
        }

        return found.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
    }
}
