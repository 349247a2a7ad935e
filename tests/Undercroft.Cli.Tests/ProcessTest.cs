using System.Diagnostics;
using System.Globalization;

namespace Undercroft.Cli.Tests;

/// <summary>What tests of the tool as a process share: a folder, a store in it, and ways to run and to interrupt it.
/// </summary>
public abstract class ProcessTest : IAsyncDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("undercroft-cli-").FullName;

    protected string Store => "sqlite:" + Path.Combine(Folder, "app.db");

    protected static string Program => Path.Combine(AppContext.BaseDirectory, "Undercroft.Cli.dll");

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Directory.Delete(Folder, recursive: true);
        return default;
    }

    /// <summary>Starts the tool so that it heeds Ctrl-C.</summary>
    protected Process StartInterruptible(params string[] arguments)
    {
        // Where whoever runs the tests ignores the signal, so would the program: a shell does that to what it puts into
        // the background.
        string[] command = ["dotnet", Program, .. arguments];
        var process = IgnoresInterrupts()
            ? Start("env", ["--default-signal=INT", .. command])
            : Start(command[0], command[1..]);
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Presses Ctrl-C, or sends another signal, where the process still runs.</summary>
    protected static async Task InterruptAsync(Process process, string signal = "INT")
    {
        ArgumentNullException.ThrowIfNull(process);
        var id = process.Id.ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start(
            new ProcessStartInfo("kill", ["-" + signal, id]) { RedirectStandardError = true })!;
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static bool IgnoresInterrupts()
    {
        const string Status = "/proc/self/status";
        const long Interrupt = 1 << 1;
        return File.Exists(Status)
            && File.ReadLines(Status)
                .FirstOrDefault(static line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } ignored
            && (Convert.ToInt64(ignored[7..].Trim(), 16) & Interrupt) != 0;
    }

    private Process Start(string file, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = Folder,
            Environment = { ["UNDERCROFT_STORE"] = null, ["STORAGE_BACKEND"] = null },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"Cannot start {file}.");
    }

    private protected Task<CliResult> RunAsync(string? input, params string[] arguments) =>
        RunProcessAsync(input, "dotnet", [Program, .. arguments]);

    private protected async Task<CliResult> RunProcessAsync(string? input, string file, IReadOnlyList<string> arguments)
    {
        var ct = TestContext.Current.CancellationToken;
        using var process = Start(file, arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return new CliResult(process.ExitCode, await output, await error);
    }
}
