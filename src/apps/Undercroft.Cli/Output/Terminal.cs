namespace Undercroft.Cli.Output;

/// <summary>Where a command reads and writes: the only way to the outside that commands know.</summary>
internal sealed class Terminal : IDisposable
{
    private const int WidthMin = 20;
    private const int HelpWidthMin = 40;
    private const int HelpWidthMax = 120;

    /// <summary>Opens the standard input.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Whether the standard input is a file or a pipe and no keyboard.</summary>
    public bool IsInputRedirected { get; init; } = true;

    /// <summary>The bytes below <see cref="Out"/>; flush that first.</summary>
    public required Stream OutBytes { get; init; }

    /// <summary>The standard output: results, nothing else.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>The standard error: notes, progress, errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a person sees the standard output.</summary>
    public bool IsOutTerminal { get; init; }

    /// <summary>Whether a person sees the standard error.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Whether colours are wanted where a person looks.</summary>
    public bool HasColor { get; init; }

    /// <summary>The width of the window, in cells.</summary>
    public int Width { get; init => field = Math.Max(value, WidthMin); } = 80;

    /// <summary>The width for help: lines that are too long are hard to read.</summary>
    public int HelpWidth => Math.Clamp(Width, HelpWidthMin, HelpWidthMax);

    public async Task FlushAsync()
    {
        await Out.FlushAsync().ConfigureAwait(false);
        await OutBytes.FlushAsync().ConfigureAwait(false);
        await Error.FlushAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        Out.Dispose();
        Error.Dispose();
        OutBytes.Dispose();
    }
}
