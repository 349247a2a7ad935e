namespace Undercroft.Cli.Invocation;

/// <summary>What every command is made with.</summary>
internal sealed record CliContext(CliHost Host, GlobalOptions Globals);
