using System.Text.Json.Serialization;
using Undercroft;
using Undercroft.Blobs;

namespace Samples;

internal sealed record Album(string Title, string Cover);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Album))]
internal sealed partial class AlbumJson : JsonSerializerContext;

/// <summary>The guide to blobs, as a program: <c>dotnet run --project samples/Blobs</c>.</summary>
public static class BlobsSample
{
    private static readonly CollectionDefinition<Album> Albums = new("albums", AlbumJson.Default.Album);

    /// <summary>Runs the guide on a database file that is gone after.</summary>
    public static async Task Main()
    {
        var folder = Directory.CreateTempSubdirectory("undercroft-blobs-");
        try
        {
            await RunAsync($"sqlite:{Path.Combine(folder.FullName, "blobs.db")}", Console.Out);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Runs the guide.</summary>
    /// <param name="uri">The store; it should be empty.</param>
    /// <param name="output">Where to write what happens.</param>
    public static async Task RunAsync(string uri, TextWriter output)
    {
        var schemes = new StoreSchemes().AddSqlite().AddFiles();
        await using var storage = await Storage.OpenAsync(uri, schemes);
        var picture = new byte[12_000_000];
        new Random(1).NextBytes(picture);

        await PutAsync(storage, new MemoryStream(picture), output);
        await ReadAsync(storage, output);
        await NameAsync(storage, new MemoryStream(picture, 0, 9_000_000), output);
        await ResumeAsync(storage, picture, output);
        await CareAsync(storage, output);
    }

    private static async Task PutAsync(Storage storage, Stream picture, TextWriter output)
    {
        // docs:put
        var info = await storage.Blobs.PutAsync(
            "pictures/harbour.png",
            picture,
            new BlobWriteOptions { ContentType = "image/png", Tags = ["harbour", "draft"] });
        await output.WriteLineAsync($"{info.Name}: {info.Length} bytes, SHA-256 {info.Sha256[..8]}…");

        await foreach (var blob in storage.Blobs.ListAsync(new BlobListOptions { Tags = ["harbour"] }))
        {
            await output.WriteLineAsync($"{blob.Name} is {blob.ContentType}");
        }

        // docs:end
    }

    private static async Task ReadAsync(Storage storage, TextWriter output)
    {
        // docs:read
        await using var whole = await storage.Blobs.OpenReadAsync("pictures/harbour.png")
            ?? throw new FileNotFoundException();
        await using var copy = new MemoryStream();
        await whole.CopyToAsync(copy);

        // 100 bytes from the middle: only the chunk they are in is read.
        await using var range = await storage.Blobs.OpenReadAsync("pictures/harbour.png", 6_000_000, 100)
            ?? throw new FileNotFoundException();
        var bytes = new byte[range.Length];
        await range.ReadExactlyAsync(bytes);

        // docs:end
        var isSame = bytes.AsSpan().SequenceEqual(copy.ToArray().AsSpan(6_000_000, 100));
        await output.WriteLineAsync($"{copy.Length} bytes read; the range is {(isSame ? "the same" : "different")}");
    }

    private static async Task NameAsync(Storage storage, Stream picture, TextWriter output)
    {
        // docs:stage
        var staged = await storage.Blobs.StageAsync(picture);

        await storage.TransactionAsync(async transaction =>
        {
            await transaction.Repository(Albums).CreateAsync("sea", new Album("The Sea", "covers/sea.png"));
            await transaction.Blobs.PutAsync("covers/sea.png", staged);
        });

        // docs:end
        var album = await storage.Repository(Albums).GetAsync("sea");
        var cover = await storage.Blobs.GetAsync(album!.Value.Cover);
        await output.WriteLineAsync(
            $"album and cover are of one commit: {(album.Revision == cover!.Revision ? "yes" : "no")}");
    }

    private static async Task ResumeAsync(Storage storage, byte[] film, TextWriter output)
    {
        using var outage = new CancellationTokenSource();
        var stored = new StopAfterFirst(outage);
        var source = new MemoryStream(film.Reverse().ToArray());
        try
        {
            // docs:upload
            var upload = await storage.Blobs.UploadAsync("film-2031-03-14");
            source.Position = upload.Length;
            var staged = await upload.ReceiveAsync(
                source, new BlobUploadOptions { Progress = stored }, outage.Token);
            await storage.Blobs.PutAsync("film", staged);

            // docs:end
        }
        catch (OperationCanceledException)
        {
            var again = await storage.Blobs.UploadAsync("film-2031-03-14");
            await output.WriteLineAsync($"interrupted; {(again.Length > 0 ? "some" : "none")} of it is stored");
            source.Position = again.Length;
            var film2 = await storage.Blobs.PutAsync("film", await again.ReceiveAsync(source));
            await output.WriteLineAsync($"film: {film2.Length} bytes");
        }
    }

    private static async Task CareAsync(Storage storage, TextWriter output)
    {
        await storage.Blobs.DeleteAsync("film");

        // docs:care
        var report = await storage.Blobs.VerifyAsync();
        foreach (var problem in report.Problems)
        {
            await output.WriteLineAsync(problem.Message);
        }

        var collected = await storage.Blobs.CollectAsync(new BlobCollectOptions { Grace = TimeSpan.Zero });

        // docs:end
        await output.WriteLineAsync($"{report.Blobs} blobs verified, {report.Problems.Count} damaged");
        await output.WriteLineAsync($"{collected.DeletedBytes / 1_000_000} MB collected");
        var rest = await storage.Blobs.ListAsync().Select(static blob => blob.Length).SumAsync();
        await output.WriteLineAsync($"{rest / 1_000_000} MB of blobs left");
    }

    /// <summary>Pulls the plug once something is stored.</summary>
    private sealed class StopAfterFirst(CancellationTokenSource outage) : IProgress<long>
    {
        public void Report(long value) => outage.Cancel();
    }
}
