using System.Buffers;
using Undercroft.Files.Disk;
using Undercroft.Files.Journal;

namespace Undercroft.Files.Tests.Opening;

/// <summary>A frame is the same bytes whether it copies a value or refers to it.</summary>
public sealed class FrameBufferTests
{
    private const int Long = 100_000;

    [Fact]
    public void A_long_value_is_referred_to_and_a_short_one_copied()
    {
        var buffer = new FrameBuffer();
        var (small, large) = (Bytes(1, 100), Bytes(2, Long));

        buffer.Add(small);
        buffer.Add(large);
        buffer.Add(small);

        Assert.Equal(3, buffer.Pieces);
        Assert.True(buffer.Piece(1) == large, "A long value was copied.");
        Assert.Equal(small, buffer.Piece(0)[Frame.HeaderSize..].ToArray());
        Assert.Equal(small, buffer.Piece(2).ToArray());
        Assert.Equal(Long + 200, buffer.Length);
    }

    [Fact]
    public void Cut_at_the_end_of_any_part_it_holds_what_was_added_until_then()
    {
        int[] lengths = [10, Long, Long + 1, 3, Long, 70_000, 1];
        var parts = lengths.Select(static (length, i) => Bytes(i, length)).ToList();
        for (var kept = parts.Count; kept >= 0; kept--)
        {
            var buffer = new FrameBuffer();
            parts.ForEach(buffer.Add);
            var expected = parts.Take(kept).SelectMany(static part => part).ToArray();

            buffer.Cut(expected.Length);

            Assert.Equal(expected, Payload(buffer));
            Assert.Equal((expected.Length, Crc.Of(expected)), (buffer.Length, buffer.Sum()));
            buffer.Add(parts[0]);
            buffer.Add(parts[1]);
            Assert.Equal([.. expected, .. parts[0], .. parts[1]], Payload(buffer));
        }
    }

    [Fact]
    public void Frames_of_many_pieces_are_read_as_they_were_written()
    {
        using var folder = new TempFolder();
        var path = folder.NewPath();
        var buffer = new FrameBuffer();
        var expected = new List<byte[]>();
        using (var file = FrameFile.Create(DiskFileSystem.Instance, path, isJournal: true, 1, Guid.NewGuid()))
        {
            for (var i = 0; i < 3; i++)
            {
                buffer.Write("head"u8);
                buffer.Add(Bytes(i, Long * (i + 1)));
                buffer.Add(Bytes(i, Long));
                buffer.Write("tail"u8);
                expected.Add(Payload(buffer));
                file.Append(buffer);
                buffer.Cut(0);
            }
        }

        using var scan = FrameScan.Open(DiskFileSystem.Instance, path);

        Assert.All(expected, payload => Assert.Equal(payload, scan.Next()));
        Assert.True(scan.IsWhole, "Something stands behind the last frame.");
    }

    private static byte[] Payload(FrameBuffer buffer)
    {
        var all = new List<byte>();
        for (var i = 0; i < buffer.Pieces; i++)
        {
            all.AddRange(buffer.Piece(i));
        }

        return [.. all.Skip(Frame.HeaderSize)];
    }

    private static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)((i * 31) + seed + (i >> 8));
        }

        return bytes;
    }
}
