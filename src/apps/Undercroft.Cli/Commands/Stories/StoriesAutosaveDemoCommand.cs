using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Stores;
using Undercroft.Cli.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories autosave-demo</c>: shows what autosave does.</summary>
internal sealed class StoriesAutosaveDemoCommand : CliCommand
{
    private readonly Option<int> edits = new("--edits")
    {
        Description = "How many edits to make.",
        HelpName = "count",
        DefaultValueFactory = static _ => 12,
    };

    private readonly Option<string> pause = new("--pause")
    {
        Description = "How long to wait after each edit, such as 100ms.",
        HelpName = "time",
        DefaultValueFactory = static _ => "100ms",
    };

    public StoriesAutosaveDemoCommand(CliContext context)
        : base(
            context,
            "autosave-demo",
            "Edit a story by a script while autosave keeps it and somebody else edits it too. Stop it at any moment "
            + "and run it again: it goes on where it was.")
    {
        Add(edits);
        Add(pause);
        edits.MustBe(1);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var wait = Durations.Read(run.Get(pause)!, "--pause");
        var storage = await run.OpenAsync(StoreUse.Write, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var demo = new AutosaveDemo(run, storage, wait);
        return await demo.RunAsync(run.Get(edits), cancellationToken).ConfigureAwait(false);
    }
}
