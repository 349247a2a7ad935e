using System.Diagnostics;
using System.Globalization;

namespace Undercroft.Bench.Floors;

/// <summary>The benchmark program that comes with Redis: eight connections, each of which waits for its reply.
/// </summary>
internal static class RedisFloor
{
    /// <summary>Sends one command again and again. Starting the program is part of the time: some milliseconds.
    /// </summary>
    public static async ValueTask RunAsync(string host, int port, int count, params string[] command)
    {
        string[] arguments =
        [
            "-h", host, "-p", port.ToString(CultureInfo.InvariantCulture), "-c", "8", "-q",
            "-n", count.ToString(CultureInfo.InvariantCulture), .. command,
        ];
        using var process = Process.Start(new ProcessStartInfo("redis-benchmark", arguments)
        {
            RedirectStandardOutput = true,
        })!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 || !said.Contains("requests per second", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"redis-benchmark ended with {process.ExitCode}: {said}");
        }
    }
}
