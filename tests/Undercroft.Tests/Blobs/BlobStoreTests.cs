using System.Security.Cryptography;
using Undercroft.Blobs;
using Undercroft.Testing;

namespace Undercroft.Tests.Blobs;

public sealed class BlobStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(130_000)]
    [InlineData(700_001)]
    public async Task What_was_put_is_read(int length)
    {
        await using var storage = BlobWorld.Open();
        var bytes = BlobWorld.Bytes(length);

        var put = await storage.Blobs.PutAsync(
            "it", new MemoryStream(bytes), new BlobWriteOptions { ContentType = "image/png", Tags = ["a"] }, Cancel);
        var found = await storage.Blobs.GetAsync("it", Cancel);

        Assert.Equal(bytes, await BlobWorld.ReadAsync(storage, "it"));
        Assert.Equal((long)length, found!.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), found.Sha256);
        Assert.Equal("image/png", found.ContentType);
        Assert.Equal(["a"], found.Tags);
        Assert.Equal((put.Revision, put.CreatedAt, put.UpdatedAt), (found.Revision, found.CreatedAt, found.UpdatedAt));
        Assert.Empty(await BlobWorld.RecordsAsync(storage, BlobKeys.Uploads));
        Assert.Empty((await storage.Blobs.VerifyAsync(cancellationToken: Cancel)).Problems);
        Assert.Empty((await storage.Blobs.VerifyAsync("it", cancellationToken: Cancel)).Problems);
    }

    [Fact]
    public async Task The_default_chunks_hold_a_long_blob_in_few_records()
    {
        await using var storage = new Undercroft.Storage(new MemoryStore());
        var bytes = BlobWorld.Bytes(20_000_000);

        _ = await storage.Blobs.PutAsync("it", new MemoryStream(bytes), cancellationToken: Cancel);

        Assert.Equal(bytes, await BlobWorld.ReadAsync(storage, "it"));
        Assert.InRange((await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks)).Count, 50, 150);
        Assert.Single(await BlobWorld.RecordsAsync(storage, BlobKeys.Lists));
    }

    [Fact]
    public async Task Equal_chunks_are_kept_once()
    {
        await using var storage = BlobWorld.Open();
        var bytes = BlobWorld.Bytes(100_000);
        byte[] longer = [.. BlobWorld.Bytes(10, 2), .. bytes];

        _ = await storage.Blobs.PutAsync("one", new MemoryStream(bytes), cancellationToken: Cancel);
        var before = await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks);
        _ = await storage.Blobs.PutAsync("two", new MemoryStream(bytes), cancellationToken: Cancel);
        var same = await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks);
        _ = await storage.Blobs.PutAsync("three", new MemoryStream(longer), cancellationToken: Cancel);
        var after = await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks);

        Assert.Equal(before.Select(static r => (r.Key, r.Revision)), same.Select(static r => (r.Key, r.Revision)));
        Assert.InRange(after.Count - before.Count, 1, 12);
        Assert.Equal(longer, await BlobWorld.ReadAsync(storage, "three"));
    }

    [Fact]
    public async Task Zeros_take_one_chunk()
    {
        await using var storage = new Undercroft.Storage(new MemoryStore());
        var zeros = new byte[12 * 1024 * 1024];

        _ = await storage.Blobs.PutAsync("it", new MemoryStream(zeros), cancellationToken: Cancel);

        Assert.Single(await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks));
        Assert.Equal(zeros, await BlobWorld.ReadAsync(storage, "it"));
    }

    [Fact]
    public async Task Ranges_and_seeks_give_what_is_there()
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        await using var storage = BlobWorld.Open();
        var bytes = BlobWorld.Bytes(300_000, random.Next());
        _ = await storage.Blobs.PutAsync("it", new MemoryStream(bytes), cancellationToken: Cancel);
        await using var stream = (await storage.Blobs.OpenReadAsync("it", Cancel))!;
        for (var run = 0; run < 100; run++)
        {
            var (from, length) = (random.Next(320_000), random.Next(random.Next(2) == 0 ? 100 : 320_000));
            var expected = bytes.Skip(from).Take(length).ToArray();
            var buffer = new byte[length];

            await using var range = (await storage.Blobs.OpenReadAsync("it", from, length, Cancel))!;
            var ranged = new MemoryStream();
            await range.CopyToAsync(ranged, Cancel);
            _ = stream.Seek(from, SeekOrigin.Begin);
            var read = await stream.ReadAtLeastAsync(buffer, length, throwOnEndOfStream: false, Cancel);

            Assert.True(expected.SequenceEqual(ranged.ToArray()), seed.ToString());
            Assert.True(expected.SequenceEqual(buffer.Take(read)), seed.ToString());
        }
    }

    [Fact]
    public async Task A_stream_can_be_read_in_the_ways_of_streams()
    {
        await using var storage = BlobWorld.Open();
        var bytes = BlobWorld.Bytes(5_000);
        _ = await storage.Blobs.PutAsync("it", new MemoryStream(bytes), cancellationToken: Cancel);
        await using var stream = (await storage.Blobs.OpenReadAsync("it", Cancel))!;
        var buffer = new byte[1000];

        stream.Position = 4_500;
        Assert.Equal(500, stream.ReadAtLeast(buffer, 1000, throwOnEndOfStream: false));
        Assert.Equal(bytes[4_500..], buffer[..500]);
        Assert.Equal(4_000, stream.Seek(-1_000, SeekOrigin.Current));
        Assert.Equal(4_990, stream.Seek(-10, SeekOrigin.End));
        Assert.Equal(bytes[4_990], stream.ReadByte());
        Assert.Equal((5_000L, true, true, false), (stream.Length, stream.CanRead, stream.CanSeek, stream.CanWrite));
        Assert.Throws<IOException>(() => stream.Seek(-1, SeekOrigin.Begin));
        Assert.Throws<NotSupportedException>(() => stream.Write(buffer));
        Assert.Throws<NotSupportedException>(() => stream.SetLength(1));
        await stream.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => stream.ReadByte());
    }

    [Fact]
    public async Task Blobs_are_listed_by_name_prefix_and_tags()
    {
        await using var storage = BlobWorld.Open();
        foreach (var (name, tags) in new[] { ("a/2", "x y"), ("a/1", "x"), ("b/1", "y x"), ("b/2", "y") })
        {
            _ = await storage.Blobs.PutAsync(
                name, new MemoryStream([1]), new BlobWriteOptions { Tags = tags.Split(' ') }, Cancel);
        }

        Assert.Equal(["a/1", "a/2", "b/1", "b/2"], await NamesAsync(storage, new()));
        Assert.Equal(["a/1", "a/2"], await NamesAsync(storage, new() { Prefix = "a/" }));
        Assert.Equal(["a/2", "b/1"], await NamesAsync(storage, new() { Tags = ["x", "y"] }));
        Assert.Equal(["a/1", "a/2", "b/1"], await NamesAsync(storage, new() { Limit = 3 }));
    }

    [Fact]
    public async Task A_blob_is_replaced_only_at_the_revision_expected()
    {
        await using var storage = BlobWorld.Open();
        var first = await storage.Blobs.PutAsync(
            "it", new MemoryStream([1]), new BlobWriteOptions { Expected = Revision.None, Tags = ["kept"] }, Cancel);

        _ = await Assert.ThrowsAsync<RevisionConflictException>(async () => await storage.Blobs.PutAsync(
            "it", new MemoryStream([2]), new BlobWriteOptions { Expected = Revision.None }, Cancel));
        var second = await storage.Blobs.PutAsync(
            "it", new MemoryStream([3]), new BlobWriteOptions { Expected = first.Revision }, Cancel);
        _ = await Assert.ThrowsAsync<RevisionConflictException>(async () =>
            await storage.Blobs.DeleteAsync("it", first.Revision, Cancel));

        Assert.Equal([3], await BlobWorld.ReadAsync(storage, "it"));
        Assert.Equal(["kept"], second.Tags);
        Assert.True(await storage.Blobs.DeleteAsync("it", second.Revision, Cancel));
        Assert.False(await storage.Blobs.DeleteAsync("it", cancellationToken: Cancel));
        Assert.Null(await storage.Blobs.GetAsync("it", Cancel));
        Assert.Null(await storage.Blobs.OpenReadAsync("it", Cancel));
    }

    [Fact]
    public async Task A_blob_with_a_time_to_live_ends_to_the_tick()
    {
        var clock = new ManualClock();
        await using var storage = BlobWorld.Open(clock: clock);
        var put = await storage.Blobs.PutAsync(
            "it", new MemoryStream([1]), new BlobWriteOptions { TimeToLive = TimeSpan.FromHours(1) }, Cancel);

        clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.Equal(put.ExpiresAt, (await storage.Blobs.GetAsync("it", Cancel))!.ExpiresAt);
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await storage.Blobs.GetAsync("it", Cancel));
        _ = await BlobWorld.CollectAsync(storage);
        Assert.Empty(await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\b\n\t\u202e")]
    [InlineData("💥 ÄÖ con")]
    public async Task Any_name_that_can_be_an_id_can_be_a_blobs(string name)
    {
        await using var storage = BlobWorld.Open();

        _ = await storage.Blobs.PutAsync(name, new MemoryStream([7]), cancellationToken: Cancel);

        Assert.Equal([7], await BlobWorld.ReadAsync(storage, name));
        Assert.Equal([name], await NamesAsync(storage, new()));
    }

    [Fact]
    public async Task A_name_that_can_be_no_id_is_refused_before_anything_is_stored()
    {
        await using var storage = BlobWorld.Open();

        foreach (var name in new[] { "", "\0", "\ud800", new string('x', 1025) })
        {
            _ = await Assert.ThrowsAnyAsync<ArgumentException>(async () =>
                await storage.Blobs.PutAsync(name, new MemoryStream([7]), cancellationToken: Cancel));
        }

        _ = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await storage.Blobs.PutAsync(
            "it", new MemoryStream([7]), new BlobWriteOptions { ContentType = "text/plain\r\nX: y" }, Cancel));

        Assert.Empty(await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks));
    }

    private static async Task<List<string>> NamesAsync(Undercroft.Storage storage, BlobListOptions options) =>
        await storage.Blobs.ListAsync(options, Cancel).Select(static info => info.Name).ToListAsync(Cancel);
}
