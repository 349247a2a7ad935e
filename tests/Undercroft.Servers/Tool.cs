using System.Diagnostics;

namespace Undercroft.Servers;

/// <summary>Runs a program to its end.</summary>
internal static class Tool
{
    // Far beyond what any of them takes; a machine may be slow.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Runs a program and gives what it has written. A code other than 0 is an error that quotes it.</summary>
    public static async Task<string> RunAsync(
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string>? environment = null,
        string? input = null,
        CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            // A folder that every user may stand in.
            WorkingDirectory = "/",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)
            ?? throw new ServerException($"'{command[0]}' could not be started.");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await TellAsync(process.StandardInput, input ?? "", patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0
                ? await output
                : throw new ServerException(
                    $"'{Path.GetFileName(command[0])}' ended with code {process.ExitCode}: "
                    + $"{(await errors).Trim()} {(await output).Trim()}".Trim());
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static async Task TellAsync(StreamWriter to, string input, CancellationToken cancellationToken)
    {
        try
        {
            await to.WriteAsync(input.AsMemory(), cancellationToken);
            to.Close();
        }
        catch (IOException)
        {
            // It has ended without reading all; how, its code and its words say.
        }
    }
}
