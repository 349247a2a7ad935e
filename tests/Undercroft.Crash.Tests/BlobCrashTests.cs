using System.Diagnostics;
using System.Globalization;
using Undercroft.Blobs;
using Undercroft.Testing;

namespace Undercroft.Crash.Tests;

/// <summary>Kills a process that uploads: the name and its document are always the old or the new, never half, what was
/// acknowledged is there, an upload goes on behind what it had stored, and what is staged can be collected.</summary>
public sealed class BlobCrashTests : IDisposable
{
    private const int Kills = 8;

    // Where none of them came in mid-upload, more are tried.
    private const int KillsMax = 200;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-blob-crash-");
    private long acknowledged;
    private int resumed;
    private int midUpload;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Place => Path.Combine(folder.FullName, "store");

    [Theory]
    [InlineData("sqlite")]
    [InlineData("file")]
    public async Task A_killed_upload_leaves_the_old_or_the_new_and_goes_on(string backend)
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        var kills = 0;
        try
        {
            for (; kills < Kills * TestSeed.Length || (midUpload == 0 && kills < KillsMax); kills++)
            {
                await KillAsync(backend, random.Next(5, 120));
                await CheckAsync(backend);
            }

            await CollectAsync(backend);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{seed} {error.Message}", error);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"note: {backend}: {kills} kills ({midUpload} in mid-upload), {acknowledged} blobs " +
            $"acknowledged and found, {resumed} uploads went on behind what was stored");
        Assert.True(midUpload > 0 && acknowledged > 0, $"No kill came in mid-upload. {seed}");
    }

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>Lets the child work for a while from its first acknowledgement on, and kills it.</summary>
    private async Task KillAsync(string backend, int milliseconds)
    {
        using var child = Process.Start(CrashProgram.Command(backend, Place, "blobs"))!;
        try
        {
            var complaints = child.StandardError.ReadToEndAsync(Cancel);
            var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var listening = ListenAsync(child.StandardOutput, first);
            _ = await Task.WhenAny(first.Task, listening).WaitAsync(TimeSpan.FromMinutes(2), Cancel);
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, Cancel);
            Assert.False(child.HasExited, $"The child ended by itself: {(child.HasExited ? await complaints : "")}");
            child.Kill();
            await child.WaitForExitAsync(Cancel);
            await listening;
        }
        finally
        {
            if (!child.HasExited)
            {
                child.Kill();
            }
        }
    }

    private async Task ListenAsync(StreamReader output, TaskCompletionSource first)
    {
        var isUploading = false;
        while (await output.ReadLineAsync(Cancel) is { } line)
        {
            // A line that the kill cut off has no third word.
            if (line.Split(' ') is not [var word, var number, { Length: > 0 } stored])
            {
                continue;
            }

            isUploading = word == "at";
            resumed += word == "at" && stored != "0" ? 1 : 0;
            if (word == "done")
            {
                acknowledged = long.Parse(number, CultureInfo.InvariantCulture);
                _ = first.TrySetResult();
            }
        }

        midUpload += isUploading ? 1 : 0;
    }

    private async Task CheckAsync(string backend)
    {
        await using var storage = await BlobContent.OpenAsync(backend, Place);
        var document = await storage.Repository(BlobContent.Numbers).GetAsync(BlobContent.Name, Cancel);
        var info = await storage.Blobs.GetAsync(BlobContent.Name, Cancel);
        Assert.Equal(document?.Revision, info?.Revision);
        Assert.True((document?.Value.Number ?? 0) >= acknowledged, $"{document?.Value} is older than {acknowledged}.");
        if (document is not null)
        {
            await using var stream = (await storage.Blobs.OpenReadAsync(BlobContent.Name, Cancel))!;
            var read = new MemoryStream();
            await stream.CopyToAsync(read, Cancel);
            Assert.True(
                BlobContent.Of(document.Value.Number).AsSpan().SequenceEqual(read.ToArray()),
                $"The blob is not that of {document.Value}.");
        }

        Assert.Empty((await storage.Blobs.VerifyAsync(cancellationToken: Cancel)).Problems);
    }

    /// <summary>With the name and the last upload gone nothing is left.</summary>
    private async Task CollectAsync(string backend)
    {
        await using var storage = await BlobContent.OpenAsync(backend, Place);
        _ = await storage.Blobs.DeleteAsync(BlobContent.Name, cancellationToken: Cancel);
        for (var number = acknowledged; number <= acknowledged + 2; number++)
        {
            await (await storage.Blobs.UploadAsync(BlobContent.UploadOf(number), Cancel)).AbandonAsync(Cancel);
        }

        var report = await storage.Blobs.CollectAsync(new BlobCollectOptions { Grace = TimeSpan.Zero }, Cancel);
        Assert.Equal((report.Examined, 0L), (report.Deleted, report.Spared));
    }
}
