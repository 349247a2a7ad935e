using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Undercroft.AspNetCore.Tests;

/// <summary>The command line as a process that stays.</summary>
internal sealed class UndercroftProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task<string> errors;

    private UndercroftProcess(Process process, JsonNode? announced, Task<string> errors)
    {
        this.process = process;
        this.errors = errors;
        Announced = announced;
    }

    /// <summary>What the process said when it was ready; null where it ended before.</summary>
    public JsonNode? Announced { get; }

    public string Url => (string)Announced!["urls"]![0]!;

    /// <summary>Starts it and waits until it says that it is ready, or ends.</summary>
    public static async Task<UndercroftProcess> StartAsync(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Undercroft.Cli.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments, "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment = { ["UNDERCROFT_STORE"] = null, ["STORAGE_BACKEND"] = null },
        };
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new UndercroftProcess(process, line is null ? null : JsonNode.Parse(line), errors);
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks it to end.</summary>
    /// <returns>Its exit code and what it wrote to the standard error.</returns>
    public async Task<(int Code, string Error)> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        return await EndAsync();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<(int Code, string Error)> EndAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        process.Dispose();
    }
}
