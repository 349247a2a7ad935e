using System.CommandLine;

namespace Undercroft.Cli.Invocation;

/// <summary>The options every command has.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Store { get; } = new("--store", "-s")
    {
        Description = "The store, such as sqlite:app.db, file:./data, postgres://user:password@host/database, "
            + "redis://user:password@host/0?store=name or memory:. Without it UNDERCROFT_STORE counts, "
            + "then STORAGE_BACKEND, then sqlite:undercroft.db.",
        HelpName = "uri",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Write JSON to the standard output: one value, or one per line where it is a list.",
        Recursive = true,
    };

    public Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Show the stack trace of an error.",
        Recursive = true,
    };

    public void AddTo(RootCommand root)
    {
        root.Add(Store);
        root.Add(Json);
        root.Add(Verbose);
    }
}
