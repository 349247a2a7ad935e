using Undercroft.Blobs;

namespace Undercroft.Tests.Blobs;

/// <summary>What an upload keeps, in memory and in its record, does not grow with the blob.</summary>
public sealed class BlobMemoryTests
{
    // Of each level, the parts that are in no list yet, as they are written: in base 64.
    private const int LevelBytesMax = ChunkList.PartsMax * (ContentHash.Size + sizeof(long)) * 4 / 3;

    // What else is in the record.
    private const int RestBytesMax = 200;

    private static readonly ChunkSizes Sizes = new BlobOptions().Sizes;

    [Theory]
    [InlineData(2_000, 1)]
    [InlineData(500_000, 2)]
    [InlineData(4_200_000, 2)]
    public void An_upload_of_any_length_keeps_less_than_a_list_of_each_level(int chunks, int lists)
    {
        var state = UploadState.Begin(BlobKeys.Upload("long"), Sizes);
        var made = 0;
        var keptMost = 0;
        for (var i = 1; i <= chunks; i++)
        {
            var chunk = new ContentHash(UInt128.MaxValue, (UInt128)i);
            state.Lists.Add(new BlobNode(0, chunk, Sizes.Average));
            state.Length += Sizes.Average;

            // Once for each batch of chunks, as a writer does.
            if (i % 17 == 0)
            {
                made += state.Lists.TakeMade().Count;
                keptMost = Math.Max(keptMost, state.Lists.Open.Sum(static level => level.Count));
            }
        }

        made += state.Lists.TakeMade().Count;

        Assert.Equal(chunks / ChunkList.PartsMax, made - (made / (ChunkList.PartsMax + 1)));
        Assert.InRange(keptMost, ChunkList.PartsMax / 2, (lists + 1) * ChunkList.PartsMax);
        Assert.InRange(state.ToBytes().Length, 1, ((lists + 1) * LevelBytesMax) + RestBytesMax);
        Assert.Empty(state.Lists.TakeMade());
    }
}
