using System.Security.Cryptography;
using Undercroft.Blobs;
using Undercroft.Testing;

namespace Undercroft.Tests.Blobs;

public sealed class BlobUploadTests
{
    private const int Length = 2_000_000;
    private static readonly byte[] Content = BlobWorld.Bytes(Length);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_whose_source_fails_goes_on_behind_its_last_chunk_and_asks_for_nothing_twice()
    {
        await using var storage = BlobWorld.Open();
        var upload = await storage.Blobs.UploadAsync("u", Cancel);
        var error = await Assert.ThrowsAsync<IOException>(async () =>
            await upload.ReceiveAsync(new BrokenStream(Content, 1_500_000), null, Cancel));
        Assert.Equal("The source broke.", error.Message);

        var again = await storage.Blobs.UploadAsync("u", Cancel);
        Assert.InRange(again.Length, 500_000, 1_500_000);
        var told = new List<long>();
        var staged = await again.ReceiveAsync(
            new MemoryStream(Content[(int)again.Length..]),
            new BlobUploadOptions { Progress = new Recorder(told) },
            Cancel);
        _ = await storage.Blobs.PutAsync("it", staged, cancellationToken: Cancel);

        Assert.Equal(Content, await BlobWorld.ReadAsync(storage, "it"));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Content)), staged.Sha256);
        Assert.Equal(told.Order(), told);
        Assert.Equal(Length, told[^1]);
        await using var other = BlobWorld.Open();
        _ = await other.Blobs.PutAsync("it", new MemoryStream(Content), cancellationToken: Cancel);
        Assert.Equal(
            (await BlobWorld.RecordsAsync(other, BlobKeys.Chunks)).Select(static record => record.Key),
            (await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks)).Select(static record => record.Key));
    }

    [Fact]
    public async Task A_cancelled_upload_puts_nothing_and_what_it_stored_is_collected_after_a_while()
    {
        var clock = new ManualClock();
        await using var storage = BlobWorld.Open(clock: clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await storage.Blobs.PutAsync(
            "it", new BrokenStream(Content, 1_000_000, stop), cancellationToken: stop.Token));

        Assert.Null(await storage.Blobs.GetAsync("it", Cancel));
        Assert.NotEmpty(await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks));
        Assert.Equal(0, (await BlobWorld.CollectAsync(storage)).Deleted);
        clock.Advance(TimeSpan.FromDays(7));
        _ = await BlobWorld.CollectAsync(storage);
        Assert.Empty(await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks));
        Assert.Empty(await BlobWorld.RecordsAsync(storage, BlobKeys.Lists));
    }

    [Fact]
    public async Task Of_two_that_go_on_with_one_upload_the_slower_is_told()
    {
        await using var storage = BlobWorld.Open();
        var one = await storage.Blobs.UploadAsync("u", Cancel);
        var other = await storage.Blobs.UploadAsync("u", Cancel);
        var staged = await one.ReceiveAsync(new MemoryStream(Content), null, Cancel);

        var error = await Assert.ThrowsAsync<StoreException>(async () =>
            await other.ReceiveAsync(new MemoryStream(Content), null, Cancel));

        Assert.Equal(StoreErrorKind.Conflict, error.Kind);
        _ = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await other.ReceiveAsync(new MemoryStream(Content), null, Cancel));
        _ = await storage.Blobs.PutAsync("it", staged, cancellationToken: Cancel);
        Assert.Equal(Content, await BlobWorld.ReadAsync(storage, "it"));
    }

    [Fact]
    public async Task A_finished_upload_gives_its_bytes_again_and_reads_nothing()
    {
        await using var storage = BlobWorld.Open();
        var staged = await (await storage.Blobs.UploadAsync("u", Cancel))
            .ReceiveAsync(new MemoryStream(Content), null, Cancel);

        var again = await storage.Blobs.UploadAsync("u", Cancel);

        Assert.Equal((staged, Length), (again.Staged, again.Length));
        Assert.Equal(staged, await again.ReceiveAsync(new BrokenStream([], 0), null, Cancel));
    }

    [Fact]
    public async Task Other_bytes_than_expected_are_not_put()
    {
        await using var storage = BlobWorld.Open();
        var wrong = new BlobUploadOptions { ExpectedSha256 = new string('A', 64) };
        var right = new BlobUploadOptions { ExpectedSha256 = Convert.ToHexString(SHA256.HashData(Content)) };

        var error = await Assert.ThrowsAsync<StoreException>(async () =>
            await storage.Blobs.StageAsync(new MemoryStream(Content), wrong, Cancel));
        var staged = await storage.Blobs.StageAsync(new MemoryStream(Content), right, Cancel);
        _ = await Assert.ThrowsAsync<ArgumentException>(async () => await storage.Blobs.StageAsync(
            new MemoryStream(Content), new BlobUploadOptions { ExpectedSha256 = "abc" }, Cancel));

        Assert.Equal(StoreErrorKind.Corrupt, error.Kind);
        Assert.Contains(new string('A', 64), error.Message, StringComparison.Ordinal);
        Assert.Contains(staged.Sha256, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000, 1000, true)]
    [InlineData(1001, 1000, false)]
    [InlineData(900_000, 899_999, false)]
    public async Task A_blob_over_the_limit_is_refused(int length, long most, bool isTaken)
    {
        await using var storage = BlobWorld.Open(change: options => options.LengthMax = most);
        var put = async () =>
            await storage.Blobs.PutAsync("it", new MemoryStream(Content[..length]), cancellationToken: Cancel);

        if (isTaken)
        {
            Assert.Equal(length, (await put()).Length);
            return;
        }

        var error = await Assert.ThrowsAsync<LimitExceededException>(put);
        Assert.Equal(("BlobOptions.LengthMax", most), (error.Limit, error.Allowed));
        Assert.Null(await storage.Blobs.GetAsync("it", Cancel));
    }

    [Fact]
    public async Task An_abandoned_upload_leaves_nothing_behind_a_collection()
    {
        await using var storage = BlobWorld.Open();
        var upload = await storage.Blobs.UploadAsync("u", Cancel);
        _ = await upload.ReceiveAsync(new MemoryStream(Content), null, Cancel);

        await upload.AbandonAsync(Cancel);
        _ = await BlobWorld.CollectAsync(storage);

        Assert.Equal((0L, null), (upload.Length, upload.Staged));
        Assert.Empty(await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks));
    }

    [Fact]
    public async Task A_stream_without_a_length_that_comes_in_drops_is_taken_whole()
    {
        await using var storage = BlobWorld.Open();

        _ = await storage.Blobs.PutAsync("it", new BrokenStream(Content, int.MaxValue), cancellationToken: Cancel);

        Assert.Equal(Content, await BlobWorld.ReadAsync(storage, "it"));
    }

    [Fact]
    public async Task Commits_keep_the_limits_of_the_store()
    {
        var limits = new StoreLimits
        {
            OperationsMax = 8,
            KeysPerReadMax = 8,
            CommitBytesMax = 64 * 1024,
            ValueBytesMax = 48 * 1024,
        };
        await using var storage = BlobWorld.Open(new MemoryStore(new MemoryStoreOptions { Limits = limits }));
        var bytes = Content[..200_000];

        _ = await storage.Blobs.PutAsync("it", new MemoryStream(bytes), cancellationToken: Cancel);

        Assert.Equal(bytes, await BlobWorld.ReadAsync(storage, "it"));
        await using var large = BlobWorld.Open(
            new MemoryStore(new MemoryStoreOptions { Limits = limits }),
            change: static options => options.ChunkBytesMax = 17 * 1024);
        var error = await Assert.ThrowsAsync<ArgumentException>(async () =>
            await large.Blobs.PutAsync("it", new MemoryStream(bytes), cancellationToken: Cancel));
        Assert.Contains("16384", error.Message, StringComparison.Ordinal);
    }

    private sealed class Recorder(List<long> told) : IProgress<long>
    {
        public void Report(long value) => told.Add(value);
    }

    /// <summary>Gives a few bytes at a time, and breaks or is cancelled at a place.</summary>
    private sealed class BrokenStream(byte[] bytes, int breaksAt, CancellationTokenSource? stop = null) : Stream
    {
        private int at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            if (at >= breaksAt)
            {
                if (stop is null)
                {
                    throw new IOException("The source broke.");
                }

                await stop.CancelAsync();
            }

            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(Math.Min(buffer.Length, 10_007), bytes.Length - at);
            bytes.AsMemory(at, count).CopyTo(buffer);
            at += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
