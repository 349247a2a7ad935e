using System.Diagnostics;
using System.Globalization;
using Undercroft.Servers;

namespace Undercroft.Servers.Tests;

/// <summary>No server outlives the program that has started it.</summary>
public sealed class GuardTests
{
    [Fact]
    public async Task A_program_that_is_killed_leaves_no_server_and_no_folder_behind()
    {
        var cancel = TestContext.Current.CancellationToken;
        var runtime = Environment.ProcessPath!;
        var start = new ProcessStartInfo(runtime, Path.GetFileName(runtime) == "dotnet"
            ? [typeof(GuardTests).Assembly.Location, Program.ChildArgument]
            : [Program.ChildArgument])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var child = Process.Start(start)!;
        var pids = new List<int>();
        var folders = new List<string>();
        while (await child.StandardOutput.ReadLineAsync(cancel) is { Length: > 0 } line)
        {
            var parts = line.Split(' ');
            pids.Add(int.Parse(parts[0], CultureInfo.InvariantCulture));
            folders.Add(parts[1]);
        }

        Assert.Equal(2, pids.Count);
        Assert.All(pids, static pid => Assert.True(IsAlive(pid)));

        child.Kill();

        var killed = TimeProvider.System.GetTimestamp();
        while (pids.Any(IsAlive) || folders.Any(Directory.Exists))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(killed) < TimeSpan.FromMinutes(2), "A server is left.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancel);
        }
    }

    internal static async Task<int> RunChildAsync()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var postgres = await PostgresServer.StartAsync();
        Console.WriteLine($"{redis.ProcessId} {Path.GetDirectoryName(redis.AuthorityFile)}");
        Console.WriteLine($"{postgres.ProcessId} {postgres.SocketFolder}");
        Console.WriteLine();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        return 0;
    }

    private static bool IsAlive(int pid) =>
        File.Exists($"/proc/{pid}/stat")
        && !File.ReadAllText($"/proc/{pid}/status").Contains("State:\tZ", StringComparison.Ordinal);
}
