using System.Globalization;
using System.Text.Json.Serialization;
using Undercroft.Blobs;
using Undercroft.Layers;

namespace Undercroft.Crash;

/// <summary>What a crash run over uploads writes, so that child and checker agree without a word.</summary>
public static class BlobContent
{
    /// <summary>The name that each upload replaces.</summary>
    public const string Name = "current";

    /// <summary>The documents that name the blob.</summary>
    public static CollectionDefinition<BlobNumber> Numbers { get; } =
        new("numbers", BlobContentJson.Default.BlobNumber);

    /// <summary>The upload of a number.</summary>
    public static string UploadOf(long number) => string.Create(CultureInfo.InvariantCulture, $"upload-{number}");

    /// <summary>The bytes of a number: half of them those of the number before.</summary>
    public static byte[] Of(long number)
    {
        const int Half = 200_000;
        var bytes = new byte[Half * 2];
        new Random((int)number).NextBytes(bytes.AsSpan(0, Half));
        new Random((int)number - 1).NextBytes(bytes.AsSpan(Half));
        return bytes;
    }

    /// <summary>Opens a storage that cuts short chunks and commits few of them at once.</summary>
    public static async ValueTask<Storage> OpenAsync(string backend, string place) => new(
        new SmallCommits(await DurableStores.All[backend](place)),
        new StorageOptions
        {
            SweepInterval = Timeout.InfiniteTimeSpan,
            Blobs = new BlobOptions { ChunkBytesMin = 2048, ChunkBytesAverage = 8192, ChunkBytesMax = 32_768 },
        });

    private sealed class SmallCommits(IStore inner) : DelegatingStore(inner)
    {
        public override StoreInfo Info { get; } =
            inner.Info with { Limits = inner.Info.Limits with { OperationsMax = 20 } };
    }
}

[JsonSerializable(typeof(BlobNumber))]
internal sealed partial class BlobContentJson : JsonSerializerContext;
