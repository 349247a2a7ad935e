using System.Diagnostics;
using Undercroft.Testing;

namespace Undercroft.Crash.Tests;

/// <summary>A blob longer than the memory there is goes in and out: 192 MiB, and 4 GiB in a soak, through 64 MiB.
/// </summary>
/// <remarks>What is limited is all that the collector of .NET may hold. The runtime's own code, and the pages of the
/// database that the system maps, come on top.</remarks>
public sealed class LongBlobTests : IDisposable
{
    private const long MiB = 1024 * 1024;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-long-blob-");

    [Fact]
    public async Task A_blob_longer_than_the_memory_goes_in_and_out()
    {
        var cancel = TestContext.Current.CancellationToken;
        var length = TestSeed.Length > 1 ? 4096 * MiB : 192 * MiB;
        var command = CrashProgram.Command("sqlite", Path.Combine(folder.FullName, "store"), "long", $"{length}");

        // All generations together: beyond it there is no memory, and the child fails.
        command.Environment["DOTNET_GCHeapHardLimit"] = $"{64 * MiB:x}";

        // Chunks are large, and what they leave free is closed up rather than kept.
        command.Environment["DOTNET_GCConserveMemory"] = "9";
        command.Environment["DOTNET_GCGen0MaxBudget"] = $"{8 * MiB:x}";
        using var child = Process.Start(command)!;
        var complaints = child.StandardError.ReadToEndAsync(cancel);
        var said = await child.StandardOutput.ReadToEndAsync(cancel);
        await child.WaitForExitAsync(cancel);

        Assert.True(child.ExitCode == 0, await complaints);
        TestContext.Current.TestOutputHelper?.WriteLine($"note: long blob: {said.Trim()}");
        Assert.StartsWith($"{length} bytes", said, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
