namespace Undercroft.Cli.Output;

/// <summary>Passes progress on as it comes, in another form.</summary>
internal sealed class Relay<T>(Action<T> pass) : IProgress<T>
{
    public void Report(T value) => pass(value);
}
