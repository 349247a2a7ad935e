using System.Security.Cryptography;
using System.Text;
using Undercroft.Blobs;
using Undercroft.Testing;

namespace Undercroft.Tests.Blobs;

public sealed class ChunkerTests
{
    private static readonly ChunkSizes Default = new BlobOptions().Sizes;
    private static readonly ChunkSizes Small = new(64, 256, 1024);

    [Fact]
    public void Cuts_are_part_of_the_format_and_never_move()
    {
        // Bytes anybody can make: the SHA-256 of the decimal numbers from 0 on, one after the other.
        var bytes = new byte[4 * 1024 * 1024];
        for (var i = 0; i < bytes.Length / 32; i++)
        {
            SHA256.HashData(Encoding.ASCII.GetBytes($"{i}")).CopyTo(bytes, i * 32);
        }

        Assert.Equal(GoldenDefault, Cut(bytes, Default));
        Assert.Equal(GoldenSmall, Cut(bytes.AsSpan(0, 8192), Small));
    }

    [Fact]
    public void Bytes_that_are_all_the_same_make_chunks_that_are_all_the_same()
    {
        Assert.Equal([1024 * 1024, 1024 * 1024, 1024], Cut(new byte[(2 * 1024 * 1024) + 1024], Default));
        Assert.Single(Cut(new byte[100_000], Small).SkipLast(1).Distinct());
    }

    [Fact]
    public void Two_bytes_a_step_cut_where_one_byte_a_step_does()
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        for (var run = 0; run < 200 * TestSeed.Length; run++)
        {
            var average = 1 << random.Next(7, 11);
            var sizes = new ChunkSizes(
                random.Next(ChunkSizes.Least, average), average, average + random.Next(1, 3 * average));
            var bytes = new byte[random.Next(0, 6000)];
            random.NextBytes(bytes);

            Assert.True(Naive(bytes, sizes).SequenceEqual(Cut(bytes, sizes)), $"{sizes}. {seed}");
        }
    }

    [Fact]
    public void Lengths_keep_their_bounds_and_come_near_their_average()
    {
        var bytes = BlobWorld.Bytes(64 * 1024 * 1024);

        var lengths = Cut(bytes, Default);

        Assert.All(lengths.SkipLast(1), static length => Assert.InRange(length, Default.Min, Default.Max));
        Assert.InRange(lengths.Average(), Default.Average * 0.8, Default.Average * 1.3);
        Assert.True(lengths.Count(static length => length == Default.Max) < lengths.Length / 50);
    }

    [Fact]
    public void An_insertion_a_deletion_or_a_change_moves_few_cuts()
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        var bytes = BlobWorld.Bytes(200_000, random.Next());
        var before = Chunks(bytes);
        var moved = new List<int>();
        for (var run = 0; run < 50; run++)
        {
            var at = random.Next(bytes.Length);
            byte[] changed = random.Next(3) switch
            {
                0 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
                1 => [.. bytes[..at], .. bytes[(at + 1)..]],
                _ => [.. bytes[..at], (byte)~bytes[at], .. bytes[(at + 1)..]],
            };

            moved.Add(Chunks(changed).Except(before).Count());
        }

        // One chunk changes, and then some behind it until cuts fall together again: of 700, seldom many.
        Assert.True(moved.Average() <= 8 && moved.Max() <= 70, $"{string.Join(' ', moved)}. {seed}");
    }

    private static HashSet<ContentHash> Chunks(byte[] bytes)
    {
        var at = 0;
        return [.. Cut(bytes, Small).Select(length => ContentHash.Of(bytes.AsSpan((at += length) - length, length)))];
    }

    private static int[] Cut(ReadOnlySpan<byte> bytes, ChunkSizes sizes)
    {
        var chunker = new Chunker(sizes);
        var lengths = new List<int>();
        while (!bytes.IsEmpty)
        {
            lengths.Add(chunker.Cut(bytes));
            bytes = bytes[lengths[^1]..];
        }

        return [.. lengths];
    }

    /// <summary>The algorithm as the paper has it: one byte a step, a mask before the average and one behind.</summary>
    private static List<int> Naive(ReadOnlySpan<byte> bytes, ChunkSizes sizes)
    {
        var gears = new ulong[256];
        for (var i = 0; i < gears.Length; i++)
        {
            gears[i] = BitConverter.ToUInt64(SHA256.HashData([.. "undercroft gear "u8, (byte)i]));
        }

        var bits = (int)Math.Log2(sizes.Average);
        var lengths = new List<int>();
        while (!bytes.IsEmpty)
        {
            var end = Math.Min(bytes.Length, sizes.Max);
            var (cut, mark) = (Math.Min(end, sizes.Min), 0UL);
            for (var at = cut; at < end; at++)
            {
                mark = (mark << 1) + gears[bytes[at]];
                cut = at + 1;
                if (mark >> (64 - (at < sizes.Average ? bits + 2 : bits - 2)) == 0)
                {
                    break;
                }
            }

            lengths.Add(cut);
            bytes = bytes[cut..];
        }

        return lengths;
    }

    private static int[] GoldenDefault =>
    [
        338546, 319849, 392607, 268027, 320090, 319724, 300874, 278055, 369014, 351024, 305671, 597364, 33459,
    ];

    private static int[] GoldenSmall =>
    [
        384, 382, 258, 134, 420, 295, 312, 314, 149, 315, 322, 340, 351, 265, 327, 286, 276, 315, 375, 280, 384,
        304, 85, 166, 273, 262, 281, 172, 165,
    ];
}
