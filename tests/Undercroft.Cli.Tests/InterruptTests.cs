using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Undercroft.Cli.Tests;

/// <summary>Ctrl-C as the system sends it: 130, a sound store, and nothing that was said is lost.</summary>
public sealed class InterruptTests : ProcessTest
{
    private const string Windows = "Signals are sent by kill, which Windows lacks.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_ends_and_the_store_is_sound()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        _ = await RunAsync(null, "store", "put", "c", "x", "1", "--store", Store);
        using var watch = StartInterruptible("store", "watch", "--from", "beginning", "--store", Store);

        // The first line says that the watch is on.
        var line = await watch.StandardOutput.ReadLineAsync(Cancel);
        await InterruptAsync(watch);
        await watch.WaitForExitAsync(Cancel);
        var verify = await RunAsync(null, "store", "verify", "--store", Store);

        Assert.EndsWith("written  c/x", line, StringComparison.Ordinal);
        Assert.Equal(130, watch.ExitCode);
        Assert.Equal(0, verify.Code);
    }

    [Fact]
    public async Task Every_edit_of_an_autosave_demo_is_in_the_store()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        using var demo = StartInterruptible(
            "stories", "autosave-demo", "--edits", "1000000", "--pause", "2ms", "--json", "--store", Store);
        var (edits, last) = (0, "");
        while (last != "saved")
        {
            await TakeAsync();
        }

        await InterruptAsync(demo);
        while (await TakeAsync())
        {
        }

        await demo.WaitForExitAsync(Cancel);
        var again = await RunAsync(
            null, "stories", "autosave-demo", "--edits", "1", "--pause", "1ms", "--json", "--store", Store);

        Assert.Equal((130, "done"), (demo.ExitCode, last));
        Assert.Equal(0, again.Code);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"\"{edits} edits are there from earlier runs\""),
            again.Out,
            StringComparison.Ordinal);

        async Task<bool> TakeAsync()
        {
            if (await demo.StandardOutput.ReadLineAsync(Cancel) is not { } line)
            {
                Assert.True(last == "done", await demo.StandardError.ReadToEndAsync(Cancel));
                return false;
            }

            last = JsonNode.Parse(line)!["event"]!.GetValue<string>();
            edits += last == "edited" ? 1 : 0;
            return true;
        }
    }

    [Fact]
    public async Task A_put_of_a_blob_goes_on_where_it_was()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        const int Bytes = 48 * 1024 * 1024;
        const int TriesMax = 20;
        var file = Path.Combine(Folder, "long.bin");
        var code = 0;

        // A put that was faster than the signal is none that was interrupted: another file, then.
        for (var tries = 0; tries < TriesMax && code == 0; tries++)
        {
            await File.WriteAllBytesAsync(file, RandomNumberGenerator.GetBytes(Bytes), Cancel);
            code = await InterruptedPutAsync(file);
        }

        Assert.Equal(130, code);
        var missing = await RunAsync(null, "store", "blobs", "get", "long", "--range=0-0", "--store", Store);
        var again = await RunAsync(null, "store", "blobs", "put", "long", file, "--store", Store, "--json");
        var verify = await RunAsync(null, "store", "verify", "--store", Store);

        Assert.Equal((3, 0, 0), (missing.Code, again.Code, verify.Code));
        Assert.Contains("Going on at ", again.Error, StringComparison.Ordinal);
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file, Cancel)));
        Assert.Contains($"\"{hash}\"", again.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("KILL", 137)]
    public async Task An_archive_goes_on_where_it_was(string signal, int expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        const int Bytes = 32 * 1024 * 1024;
        const int TriesMax = 20;
        var (file, archive) = (Path.Combine(Folder, "long.bin"), Path.Combine(Folder, "a.tar"));
        await File.WriteAllBytesAsync(file, RandomNumberGenerator.GetBytes(Bytes), Cancel);
        _ = await RunAsync(null, "store", "blobs", "put", "long", file, "--store", Store);
        var code = 0;

        // One that was faster than the signal is none that was interrupted.
        for (var tries = 0; tries < TriesMax && (code == 0 || File.Exists(archive)); tries++)
        {
            File.Delete(archive);
            code = await InterruptedArchiveAsync(archive, signal);
        }

        Assert.Equal((expected, false), (code, File.Exists(archive)));
        var again = await RunAsync(null, "store", "archive", archive, "--canonical", "--store", Store);
        var whole = await RunAsync(null, "store", "archive", archive + "2", "--canonical", "--store", Store);

        Assert.Equal((0, 0), (again.Code, whole.Code));
        Assert.Contains("It went on with what an earlier run had left.", again.Error, StringComparison.Ordinal);
        Assert.Equal(await HashAsync(archive + "2"), await HashAsync(archive));
        Assert.Empty(Directory.GetFiles(Folder, "*.part*"));

        static async Task<string> HashAsync(string path)
        {
            await using var stream = File.OpenRead(path);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, Cancel));
        }
    }

    // Interrupts it once several parts are written.
    private async Task<int> InterruptedArchiveAsync(string archive, string signal)
    {
        using var process = StartInterruptible("store", "archive", archive, "--canonical", "--store", Store);
        var said = Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        while (!process.HasExited && new FileInfo(archive + ".part") is not { Exists: true, Length: > 6_000_000 })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel);
        }

        await InterruptAsync(process, signal);
        await process.WaitForExitAsync(Cancel);
        _ = await said;
        return process.ExitCode;
    }

    // Interrupts it once a part of the file is in the store.
    private async Task<int> InterruptedPutAsync(string file)
    {
        var before = Stored();
        using var put = StartInterruptible("store", "blobs", "put", "long", file, "--store", Store);
        var said = Task.WhenAll(
            put.StandardOutput.ReadToEndAsync(Cancel), put.StandardError.ReadToEndAsync(Cancel));
        while (!put.HasExited && Stored() < before + (8 * 1024 * 1024))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel);
        }

        await InterruptAsync(put);
        await put.WaitForExitAsync(Cancel);
        _ = await said;
        return put.ExitCode;
    }

    private long Stored() => Directory.GetFiles(Folder, "app.db*").Sum(static path =>
        new FileInfo(path) is { Exists: true } found ? found.Length : 0);
}
