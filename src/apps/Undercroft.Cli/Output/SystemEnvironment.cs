using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Cli.Output;

/// <summary>The real variables. No other file of this project reads them.</summary>
internal sealed class SystemEnvironment : IEnvironment
{
    [SuppressMessage(
        "ApiDesign", "RS0030", Justification = "The command line reads the environment, and this is the one place.")]
    public string? this[string name] =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
