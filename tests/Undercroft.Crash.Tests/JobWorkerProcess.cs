using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Undercroft.Crash;

namespace Undercroft.Crash.Tests;

/// <summary>A worker in a process of its own, and the lines it has said.</summary>
internal sealed class JobWorkerProcess : IDisposable
{
    private readonly ConcurrentQueue<string> lines = new();
    private readonly Process process;
    private readonly Task reading;

    public JobWorkerProcess(string uri, TimeSpan lease, int ahead = 0)
    {
        var command = CrashProgram.Command(
            JobChild.Word,
            uri,
            lease.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            ahead.ToString(CultureInfo.InvariantCulture));
        command.RedirectStandardInput = true;
        process = Process.Start(command) ?? throw new InvalidOperationException("No process was started.");
        reading = ReadAsync();
    }

    public IReadOnlyCollection<string> Lines => lines;

    /// <summary>Lets so many runs go on.</summary>
    public async Task SayAsync(int count = 1)
    {
        await process.StandardInput.WriteAsync(new string('\n', count));
        await process.StandardInput.FlushAsync();
    }

    /// <summary>How many runs have come to their end here, well or stale.</summary>
    public int CountEnds() => lines.Count(static line => !line.StartsWith("began", StringComparison.Ordinal));

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        await reading;
    }

    /// <summary>Sends a signal, such as STOP or CONT.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start(
            "kill", ["-s", name, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Enqueue(line);
        }
    }
}
