using System.Diagnostics;

namespace Undercroft.Conformance.Crash;

/// <summary>One child process: started early, let go, listened to, killed.</summary>
internal sealed class CrashChild : IDisposable
{
    private readonly Process process;
    private readonly TaskCompletionSource firstDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<string> complaints;
    private Task listening = Task.CompletedTask;

    private CrashChild(Process process)
    {
        this.process = process;
        complaints = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What it has announced; complete after <see cref="KillAsync"/>.</summary>
    public CrashLedger Ledger { get; } = new();

    /// <summary>Starts a process that waits for the word to begin: its start costs no time of the run before.</summary>
    public static CrashChild Start(ProcessStartInfo command)
    {
        command.RedirectStandardInput = true;
        command.RedirectStandardOutput = true;
        command.RedirectStandardError = true;
        command.UseShellExecute = false;
        return new CrashChild(Process.Start(command) ?? throw new InvalidOperationException("No process was started."));
    }

    /// <summary>Gives the word, and waits for the first acknowledgement.</summary>
    public async Task LetGoAsync(Guid client, CancellationToken cancellationToken)
    {
        await process.StandardInput.WriteLineAsync(client.ToString().AsMemory(), cancellationToken);
        await process.StandardInput.FlushAsync(cancellationToken);
        listening = ListenAsync();
        _ = await Task.WhenAny(firstDone.Task, listening).WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
        Assert.True(firstDone.Task.IsCompleted, $"The child ended before its first commit: {await ComplaintAsync()}");
    }

    /// <summary>Kills it, as <c>kill -9</c> does, and reads what it had still announced.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        Assert.False(process.HasExited, $"The child ended by itself: {await ComplaintAsync()}");
        process.Kill();
        await process.WaitForExitAsync(cancellationToken);
        await listening;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private async Task<string> ComplaintAsync() => process.HasExited ? await complaints : "";

    private async Task ListenAsync()
    {
        var cut = "";
        var buffer = new char[16 * 1024];
        while (await process.StandardOutput.ReadAsync(buffer) is var read and > 0)
        {
            var lines = (cut + new string(buffer, 0, read)).Split('\n');
            foreach (var line in lines[..^1])
            {
                Ledger.Take(line);
                if (line[0] == 'd')
                {
                    _ = firstDone.TrySetResult();
                }
            }

            // A line cut off by the kill was never announced.
            cut = lines[^1];
        }
    }
}
