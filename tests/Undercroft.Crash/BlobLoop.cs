using Undercroft.Blobs;

namespace Undercroft.Crash;

/// <summary>Uploads one blob after the other, each named in the commit of its document, and collects between them,
/// until it is killed.</summary>
internal static class BlobLoop
{
    public static async Task RunAsync(string backend, string place, Stream output)
    {
        await using var storage = await BlobContent.OpenAsync(backend, place);
        var numbers = storage.Repository(BlobContent.Numbers);
        var last = (await numbers.GetAsync(BlobContent.Name))?.Value.Number ?? 0;
        for (var number = last + 1; ; number++)
        {
            var bytes = BlobContent.Of(number);
            var upload = await storage.Blobs.UploadAsync(BlobContent.UploadOf(number));
            Tell(output, $"at {number} {upload.Length}");
            var rest = new MemoryStream(bytes) { Position = upload.Length };
            var staged = await upload.ReceiveAsync(rest);
            _ = await storage.TransactionAsync(async transaction =>
            {
                _ = await transaction.Blobs.PutAsync(BlobContent.Name, staged);
                _ = await transaction.Repository(BlobContent.Numbers)
                    .UpsertAsync(BlobContent.Name, new BlobNumber(number));
            });
            Tell(output, $"done {number} 0");
            if (number % 3 == 0)
            {
                _ = await storage.Blobs.CollectAsync(new BlobCollectOptions { Grace = TimeSpan.Zero });
            }
        }
    }

    private static void Tell(Stream output, FormattableString line)
    {
        output.Write(System.Text.Encoding.ASCII.GetBytes(FormattableString.Invariant(line) + "\n"));
        output.Flush();
    }
}
