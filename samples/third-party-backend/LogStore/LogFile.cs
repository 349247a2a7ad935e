using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Undercroft;

namespace LogStore;

/// <summary>The file: frames of length, checksum and bytes, one after the other. One process has it open.</summary>
internal sealed class LogFile : IDisposable
{
    private const int HeaderSize = 2 * sizeof(int);

    private readonly string path;
    private FileStream stream;

    private LogFile(string path, FileStream stream) => (this.path, this.stream) = (path, stream);

    public static LogFile Open(string path)
    {
        try
        {
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(OwnerOf(path), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new LogFile(path, stream);
        }
        catch (IOException error)
        {
            var owner = File.Exists(OwnerOf(path)) ? File.ReadAllText(OwnerOf(path)) : "unknown";
            throw new StoreException(
                StoreErrorKind.InUse,
                $"Cannot open '{path}': process {owner} has it open. Close it there first.",
                error)
            {
                Backend = "log",
                IsTransient = true,
            };
        }
    }

    /// <summary>Reads all frames. A frame cut off at the end was never acknowledged, and is cut away; a damaged one
    /// with others behind it is damage.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> ReadAll()
    {
        var bytes = new byte[stream.Length];
        stream.Position = 0;
        stream.ReadExactly(bytes);
        var at = 0;
        while (at < bytes.Length)
        {
            var length = bytes.Length - at < HeaderSize ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
            var isWhole = length >= 0 && length <= bytes.Length - at - HeaderSize;
            if (isWhole && Checksum(bytes.AsSpan(at + HeaderSize, length)) ==
                BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + sizeof(int))))
            {
                yield return bytes.AsMemory(at + HeaderSize, length);
                at += HeaderSize + length;
            }
            else if (isWhole && at + HeaderSize + length < bytes.Length)
            {
                throw new StoreException(
                    StoreErrorKind.Corrupt,
                    $"The log '{path}' is damaged at byte {at} of {bytes.Length}. Stop writing and restore a copy.");
            }
            else
            {
                stream.SetLength(at);
                break;
            }
        }

        stream.Position = stream.Length;
    }

    public void Append(byte[] payload, bool toDisk)
    {
        stream.Write(Frame(payload));
        stream.Flush(toDisk);
    }

    /// <summary>Puts one frame in the place of all.</summary>
    public void Replace(byte[] payload)
    {
        var next = new FileStream(path + ".new", FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        next.Write(Frame(payload));
        next.Flush(flushToDisk: true);
        File.Move(path + ".new", path, overwrite: true);
        stream.Dispose();
        stream = next;
    }

    public long Length => stream.Length;

    public void Dispose() => stream.Dispose();

    private static string OwnerOf(string path) => path + ".owner";

    private static byte[] Frame(byte[] payload)
    {
        var frame = new byte[HeaderSize + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(sizeof(int)), Checksum(payload));
        payload.CopyTo(frame, HeaderSize);
        return frame;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var one in bytes)
        {
            sum = BitOperations.Crc32C(sum, one);
        }

        return ~sum;
    }
}
