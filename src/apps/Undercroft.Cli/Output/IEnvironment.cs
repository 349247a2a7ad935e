namespace Undercroft.Cli.Output;

/// <summary>The variables of the process.</summary>
internal interface IEnvironment
{
    /// <summary>Reads a variable; null where it is not set or empty.</summary>
    string? this[string name] { get; }
}
