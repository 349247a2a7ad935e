using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Undercroft.Cli.Output;

/// <summary>The real terminal. No other file of this project touches the console.</summary>
internal static class SystemTerminal
{
    private const int WidthUnknown = 80;
    private const nint StandardOutput = 1;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    [SuppressMessage(
        "ApiDesign", "RS0030", Justification = "The command line is what talks to the console; this is the one place.")]
    public static Terminal Open(IEnvironment environment)
    {
        var output = new StandardStream(OpenOutput, isHeard: true);
        var error = new StandardStream(Console.OpenStandardError, isHeard: false);
        return new Terminal
        {
            OpenInput = Console.OpenStandardInput,
            IsInputRedirected = Console.IsInputRedirected,
            OutBytes = output,
            Out = new StreamWriter(output, Utf8, leaveOpen: true),
            Error = new StreamWriter(error, Utf8) { AutoFlush = true },
            IsOutTerminal = !Console.IsOutputRedirected,
            IsErrorTerminal = !Console.IsErrorRedirected && environment["TERM"] != "dumb",
            HasColor = environment["NO_COLOR"] is null && environment["TERM"] != "dumb",
            Width = WidthOf(),
        };
    }

    // The console's own stream keeps to itself that nobody reads a pipe any more. A file it writes at its end, wherever
    // others have written meanwhile: that stays with it.
    [SuppressMessage("ApiDesign", "RS0030", Justification = "See Open.")]
    private static Stream OpenOutput()
    {
        if (!Console.IsOutputRedirected || OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        var pipe = new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, 0);
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "See Open.")]
    private static int WidthOf()
    {
        try
        {
            var width = Console.IsOutputRedirected && Console.IsErrorRedirected ? 0 : Console.WindowWidth;
            return width > 0 ? width : WidthUnknown;
        }
        catch (IOException)
        {
            // A terminal without a size, as some build servers have.
            return WidthUnknown;
        }
    }
}
