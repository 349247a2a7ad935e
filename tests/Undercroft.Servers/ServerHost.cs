namespace Undercroft.Servers;

/// <summary>What all servers have in common: a folder, a port, a log, and a process that comes and goes.</summary>
internal sealed class ServerHost : IAsyncDisposable
{
    private const int PortsMax = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string kind;
    private readonly string lastSignal;
    private PortLease lease = PortLease.Take();
    private ServerProcess? process;
    private ServerLog? log;
    private long begun;

    private ServerHost(string kind, string lastSignal, ServerUser user, ServerFolder folder)
    {
        this.kind = kind;
        this.lastSignal = lastSignal;
        User = user;
        Folder = folder;
    }

    public ServerUser User { get; }

    public ServerFolder Folder { get; }

    public int Port => lease.Port;

    public int ProcessId => process?.Id ?? throw new ServerException($"The {kind} server on port {Port} does not run.");

    public bool IsRunning => process is { HasExited: false };

    private ServerLog Log => log ??= new ServerLog(kind, Port, Folder);

    public static async Task<ServerHost> CreateAsync(
        string kind, string lastSignal, ServerUser user, CancellationToken cancellationToken) =>
        new(kind, lastSignal, user, await ServerFolder.CreateAsync(kind, user, cancellationToken));

    /// <summary>Starts the server for the first time, on another port when the one it was given is lost.</summary>
    /// <param name="prepare">Writes the configuration for the port and gives the command.</param>
    /// <param name="isReady">Whether it takes connections; is given what it has written since its start.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task StartAsync(
        Func<CancellationToken, Task<IReadOnlyList<string>>> prepare,
        Func<string, bool> isReady,
        CancellationToken cancellationToken)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                await StartAgainAsync(await prepare(cancellationToken), isReady, cancellationToken);
                return;
            }
            catch (ServerException) when (tried < PortsMax && !IsRunning)
            {
                // Whoever has the port keeps it; any other reason to end shows itself again, and is thrown then.
                if (!(await Log.ReadAsync(begun, cancellationToken)).Contains("in use", StringComparison.Ordinal))
                {
                    throw;
                }

                var lost = lease;
                lease = PortLease.Take();
                lost.Dispose();
                log = null;
            }
        }
    }

    /// <summary>Starts the server on its own port.</summary>
    public async Task StartAgainAsync(
        IReadOnlyList<string> command, Func<string, bool> isReady, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            process?.Dispose();
            begun = Log.Length;
            process = await ServerProcess.StartAsync(
                User.Command(command), lastSignal, Folder.Path, Log, cancellationToken);
            while (!process.HasExited)
            {
                if (isReady(await Log.ReadAsync(begun, cancellationToken)))
                {
                    return;
                }

                if (TimeProvider.System.GetElapsedTime(started) > Patience)
                {
                    await EndAsync("KILL", cancellationToken);
                    throw await ComplaintAsync($"was not ready within {Patience.TotalSeconds:f0} s", cancellationToken);
                }

                await PauseAsync(cancellationToken);
            }

            // The children of a server that was killed may hold its memory for a moment longer.
            var said = await Log.ReadAsync(begun, cancellationToken);
            if (!said.Contains("is still in use", StringComparison.Ordinal)
                || TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw await ComplaintAsync("ended while it started", cancellationToken);
            }

            await PauseAsync(cancellationToken);
        }
    }

    /// <summary>Sends a signal that ends the server, and waits until it has.</summary>
    public async Task EndAsync(string signal, CancellationToken cancellationToken)
    {
        if (process is { } running)
        {
            await running.SignalAsync(signal, isTheEnd: true, cancellationToken);
        }
    }

    /// <summary>Sends a signal the server outlives, such as <c>STOP</c> and <c>CONT</c>.</summary>
    public Task SignalAsync(string signal, CancellationToken cancellationToken) =>
        process!.SignalAsync(signal, isTheEnd: false, cancellationToken);

    /// <summary>All that it has written since it was first started.</summary>
    public Task<string> ReadLogAsync(CancellationToken cancellationToken) => Log.ReadAsync(0, cancellationToken);

    /// <summary>Waits until something is so.</summary>
    public async Task UntilAsync(
        string what, Func<CancellationToken, Task<bool>> isSo, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await isSo(cancellationToken))
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw await ComplaintAsync(
                    $"has not come so far within {Patience.TotalSeconds:f0} s: {what}", cancellationToken);
            }

            await PauseAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync(lastSignal, CancellationToken.None);
        process?.Dispose();
        Folder.Dispose();
        lease.Dispose();
    }

    internal static Task PauseAsync(CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);

    private async Task<ServerException> ComplaintAsync(string what, CancellationToken cancellationToken) => new(
        $"The {kind} server on port {Port} {what}. It has written last:\n{await Log.TailAsync(cancellationToken)}");
}
