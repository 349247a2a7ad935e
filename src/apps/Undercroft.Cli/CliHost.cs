using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli;

/// <summary>Everything a command touches outside of itself, so that tests can put in their own.</summary>
internal sealed record CliHost
{
    public required Terminal Terminal { get; init; }

    public required IEnvironment Environment { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The kinds of stores a URI can name. Made only when a store is opened: help must not load a backend.
    /// </summary>
    public Func<StoreSchemes> Schemes { get; init; } = KnownSchemes.Create;
}
