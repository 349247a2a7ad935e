using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Undercroft.Servers;

/// <summary>One running server. It ends with this process at the latest: see <c>guard.sh</c>.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process guard;

    // Without it a server that nobody refers to any more is ended when the garbage is collected, in the middle of what
    // others do with it.
    private GCHandle kept;

    private ServerProcess(Process guard, int id)
    {
        this.guard = guard;
        Id = id;
        kept = GCHandle.Alloc(this);
    }

    /// <summary>The server's process id.</summary>
    public int Id { get; }

    public bool HasExited => guard.HasExited;

    /// <summary>Starts a program.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="lastSignal">What it is sent when this process has ended.</param>
    /// <param name="folder">What is removed after that.</param>
    /// <param name="log">Where it writes to.</param>
    /// <param name="cancellationToken">Ends the wait for its id.</param>
    public static async Task<ServerProcess> StartAsync(
        IReadOnlyList<string> command,
        string lastSignal,
        string folder,
        ServerLog log,
        CancellationToken cancellationToken)
    {
        using var source = typeof(ServerProcess).Assembly.GetManifestResourceStream("guard.sh")!;
        using var reader = new StreamReader(source);
        string[] arguments =
        [
            "-c", await reader.ReadToEndAsync(cancellationToken), "guard.sh", lastSignal, log.Path, folder, .. command,
        ];
        var guard = Process.Start(new ProcessStartInfo("/bin/sh", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        }) ?? throw new ServerException("'/bin/sh' could not be started.");
        var id = await guard.StandardOutput.ReadLineAsync(cancellationToken);
        return new ServerProcess(guard, int.Parse(id!, CultureInfo.InvariantCulture));
    }

    /// <summary>Sends a signal, and waits for the end when it is one that ends.</summary>
    public async Task SignalAsync(string signal, bool isTheEnd, CancellationToken cancellationToken)
    {
        if (!guard.HasExited)
        {
            try
            {
                await guard.StandardInput.WriteLineAsync(signal.AsMemory(), cancellationToken);
                await guard.StandardInput.FlushAsync(cancellationToken);
            }
            catch (IOException)
            {
                // It ended in this moment.
            }
        }

        if (isTheEnd)
        {
            await guard.WaitForExitAsync(cancellationToken).WaitAsync(TimeSpan.FromMinutes(3), cancellationToken);
        }
    }

    /// <summary>Lets go of a server that has ended; one that runs is ended.</summary>
    public void Dispose()
    {
        guard.Dispose();
        if (kept.IsAllocated)
        {
            kept.Free();
        }
    }
}
