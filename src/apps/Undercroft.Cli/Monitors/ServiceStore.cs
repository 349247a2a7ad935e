using Undercroft.Cli.Invocation;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Monitors;

/// <summary>Opens the store of a process that stays: unlike a command's, it is swept.</summary>
internal static class ServiceStore
{
    public static async ValueTask<IStore> OpenAsync(CliRun run, CancellationToken cancellationToken)
    {
        var schemes = run.Host.Schemes();
        var uri = run.Choice.Uri;
        return schemes.Known.Contains(uri.Scheme)
            ? await schemes.OpenAsync(UriText.Of(uri), run.Host.Clock, cancellationToken).ConfigureAwait(false)
            : throw new CliException(
                ExitCode.Usage,
                $"{run.Choice.Source} names the store {Names.Show(uri.ToString())}, but there is no kind of store "
                + $"{Names.Show(uri.Scheme + ":")}; expected "
                + $"{string.Join(", ", schemes.Known.Select(static name => name + ":"))}.");
    }

    /// <summary>What a process is called where nobody names it.</summary>
    public static string ProcessName() => $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>Waits until somebody ends the process: for one that stays, no failure.</summary>
    public static async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = cancellationToken.Register(ended.SetResult);
        await ended.Task.ConfigureAwait(false);
    }
}
