using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Undercroft.Blobs;

namespace Undercroft.Crash;

/// <summary>Puts, reads and verifies a blob that is longer than the memory allowed, and says what it took.</summary>
internal static class LongBlob
{
    public static async Task RunAsync(string backend, string place, long length)
    {
        await using var storage = new Storage(await DurableStores.All[backend](place));
        _ = await storage.Blobs.GetAsync("long");
        var idle = Memory.Now();
        var started = Stopwatch.GetTimestamp();
        var memory = new Memory();
        var staged = await storage.Blobs.StageAsync(
            new MadeStream(length), new BlobUploadOptions { Progress = memory });
        var info = await storage.Blobs.PutAsync("long", staged);
        var written = Stopwatch.GetElapsedTime(started);

        started = Stopwatch.GetTimestamp();
        await using var stream = (await storage.Blobs.OpenReadAsync("long"))!;
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream));
        var read = Stopwatch.GetElapsedTime(started);
        var report = await storage.Blobs.VerifyAsync(progress: memory);
        if (hash != info.Sha256 || info.Length != length || report.Problems.Count > 0)
        {
            throw new InvalidOperationException($"What was read is not what was written: {report}.");
        }

        using var self = Process.GetCurrentProcess();
        var seconds = (written.TotalSeconds, read.TotalSeconds, self.TotalProcessorTime.TotalSeconds);
        Console.WriteLine(
            FormattableString.Invariant($"{length} bytes in {report.Chunks} chunks, written in {seconds.Item1:f1} s") +
            FormattableString.Invariant($", read in {seconds.Item2:f1} s, processor {seconds.Item3:f1} s; most ") +
            FormattableString.Invariant($"memory {memory.Most >> 20} MiB, {idle >> 20} MiB of it when idle, ") +
            "file pages not counted");
    }

    /// <summary>Looks now and then how much memory the process has of its own: pages of the database that are mapped
    /// belong to the system, which takes them back when it likes.</summary>
    private sealed class Memory : IProgress<long>
    {
        private long next;

        public long Most { get; private set; }

        public static long Now()
        {
            if (!OperatingSystem.IsLinux())
            {
                return 0;
            }

            var line = File.ReadLines("/proc/self/status")
                .First(static line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
            return long.Parse(line.Split(':', 'k')[1], CultureInfo.InvariantCulture) * 1024;
        }

        public void Report(long value)
        {
            if (!OperatingSystem.IsLinux() || (value < next && value > next - (32 << 20)))
            {
                return;
            }

            next = value + (16 << 20);
            Most = Math.Max(Most, Now());
        }
    }

    /// <summary>Bytes without an end in memory: a block of chance, with its number at its beginning and its middle.
    /// </summary>
    private sealed class MadeStream(long length) : Stream
    {
        private static readonly byte[] Block = MakeBlock();

        private long at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var inBlock = (int)(at % Block.Length);
            var taken = (int)Math.Min(Math.Min(count, Block.Length - inBlock), length - at);
            Block.AsSpan(inBlock, taken).CopyTo(buffer.AsSpan(offset));

            // Every 32 KiB differ, so that no two chunks are the same.
            for (var place = at + ((32_768 - (at % 32_768)) % 32_768); place + 8 <= at + taken; place += 32_768)
            {
                BitConverter.TryWriteBytes(buffer.AsSpan(offset + (int)(place - at)), place);
            }

            at += taken;
            return taken;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private static byte[] MakeBlock()
        {
            var block = new byte[4 * 1024 * 1024];
            new Random(1).NextBytes(block);
            return block;
        }
    }
}
