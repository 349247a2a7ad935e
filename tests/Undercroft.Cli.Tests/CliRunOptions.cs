namespace Undercroft.Cli.Tests;

/// <summary>What surrounds one run.</summary>
internal sealed record CliRunOptions
{
    /// <summary>What comes through the standard input; null means that a keyboard is there.</summary>
    public string? Input { get; init; }

    public bool IsTerminal { get; init; }

    public bool HasColor { get; init; }

    public int Width { get; init; } = 80;

    public CancellationToken Cancellation { get; init; } = TestContext.Current.CancellationToken;
}
