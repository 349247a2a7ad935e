using System.Diagnostics;

namespace Undercroft.Crash.Tests;

/// <summary>The program beside this one.</summary>
internal static class CrashProgram
{
    public static ProcessStartInfo Command(params string[] arguments)
    {
        // The runtime that runs the tests runs the child, wherever it is installed.
        var runtime = Path.Combine(
            Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..",
            OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        var program = Path.Combine(AppContext.BaseDirectory, "Undercroft.Crash.dll");
        return new ProcessStartInfo(Path.GetFullPath(runtime), [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
    }
}
