using Undercroft.Blobs;

namespace Undercroft.Tests.Blobs;

public sealed class BlobDamageTests : IAsyncLifetime
{
    private static readonly byte[] Content = BlobWorld.Bytes(400_000);

    private readonly Undercroft.Storage storage = BlobWorld.Open();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ = await storage.Blobs.PutAsync("bad", new MemoryStream(Content), cancellationToken: Cancel);
        _ = await storage.Blobs.PutAsync("good", new MemoryStream([1, 2, 3]), cancellationToken: Cancel);
    }

    public ValueTask DisposeAsync() => storage.DisposeAsync();

    [Fact]
    public async Task A_chunk_with_other_bytes_is_named_with_what_was_expected_and_found()
    {
        var chunk = await PickAsync(BlobKeys.Chunks, static record => record.Value.Length > 3);
        var bytes = chunk.Value.ToArray();
        bytes[1] ^= 4;

        await WriteAsync(chunk.Key, bytes);

        await AssertCorruptAsync(chunk.Key.Id, ContentHash.Of(bytes).ToString());
    }

    /// <summary>As an edit by hand leaves it: the meta stays.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(-1)]
    public async Task A_chunk_that_no_longer_fits_its_check_is_named(int at)
    {
        var chunk = await PickAsync(BlobKeys.Chunks, static record => record.Value.Length > 3);
        var bytes = chunk.Value.ToArray();
        bytes[at < 0 ? ^1 : at] ^= 1;

        await WriteAsync(chunk.Key, bytes, chunk.Meta);

        await AssertCorruptAsync(chunk.Key.Id, ContentHash.Of(bytes).ToString());
    }

    [Fact]
    public async Task A_chunk_forged_with_its_check_is_found_by_verifying()
    {
        var chunk = await PickAsync(BlobKeys.Chunks, static record => record.Value.Length > 3);
        var bytes = chunk.Value.ToArray();
        bytes[0] ^= 1;

        await WriteAsync(chunk.Key, bytes, chunk.Meta.With(PartWriter.CheckName, ChunkCheck.Of(bytes)));

        var report = await storage.Blobs.VerifyAsync(cancellationToken: Cancel);
        Assert.Contains(chunk.Key.Id, Assert.Single(report.Problems).Message, StringComparison.Ordinal);
        Assert.Equal(report.Problems, (await storage.Blobs.VerifyAsync("bad", cancellationToken: Cancel)).Problems);
    }

    [Theory]
    [InlineData("", "ffffffffffffffff")]
    [InlineData("123456789", "CRCffffffff")]
    public void The_check_is_part_of_the_format(string text, string expected)
    {
        // The CRC-32C of 123456789 is e3069283, before its bits are turned over.
        Assert.Equal(
            expected.Replace("CRC", $"{~0xe3069283u:x8}", StringComparison.Ordinal),
            ChunkCheck.Of(System.Text.Encoding.ASCII.GetBytes(text)));
    }

    [Fact]
    public async Task A_missing_chunk_is_named()
    {
        var chunk = await PickAsync(BlobKeys.Chunks, static record => record.Value.Length > 3);

        _ = await storage.Store.CommitAsync(new Commit(new DeleteOperation(chunk.Key)), Cancel);

        await AssertCorruptAsync(chunk.Key.Id, "missing");
    }

    [Theory]
    [InlineData("1-", 0)]
    [InlineData("1-", 8)]
    [InlineData("2-", 47)]
    [InlineData("2-", 48)]
    public async Task A_truncated_list_is_named_and_nothing_is_collected(string level, int length)
    {
        var list = await PickAsync(
            BlobKeys.Lists, record => record.Key.Id.StartsWith(level, StringComparison.Ordinal));
        await WriteAsync(list.Key, list.Value[..length]);

        await AssertCorruptAsync(list.Key.Id);

        var chunks = (await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks)).Count;
        _ = await storage.Blobs.DeleteAsync("good", cancellationToken: Cancel);
        var error = await Assert.ThrowsAsync<StoreException>(async () => await BlobWorld.CollectAsync(storage));
        Assert.Equal(StoreErrorKind.Corrupt, error.Kind);
        Assert.Contains(list.Key.Id[..40], error.Message, StringComparison.Ordinal);
        Assert.Equal(chunks, (await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks)).Count);
    }

    [Fact]
    public async Task A_list_whose_lengths_lie_is_refused_though_its_hash_is_right()
    {
        var list = await PickAsync(
            BlobKeys.Lists, static record => record.Key.Id.StartsWith("1-", StringComparison.Ordinal));
        var parts = ChunkList.TryParse(1, list.Value.Span)!;
        parts[0] = parts[0] with { Length = long.MaxValue };
        parts[1] = parts[1] with { Length = long.MaxValue };
        var lie = ChunkList.Format(1, parts);
        var root = new BlobNode(1, ContentHash.Of(lie), 1000);
        await WriteAsync(root.Key, lie);
        await WriteAsync(
            new RecordKey(BlobKeys.Blobs, "bad"),
            new BlobRecordTest(1000, new string('0', 64), 1, root.Hash.ToString()).ToBytes());

        await AssertCorruptAsync(root.Hash.ToString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not JSON")]
    [InlineData("null")]
    [InlineData("""{"length":-1,"sha256":"x","level":0}""")]
    [InlineData("""{"length":5,"sha256":"00000000000000000000000000000000000000000000000000000000000000aa"}""")]
    public async Task A_record_that_is_no_blobs_is_refused(string json)
    {
        await WriteAsync(new RecordKey(BlobKeys.Blobs, "bad"), System.Text.Encoding.UTF8.GetBytes(json));

        await AssertCorruptAsync("$blobs/bad");
        _ = await Assert.ThrowsAsync<StoreException>(async () => await BlobWorld.CollectAsync(storage));
    }

    [Fact]
    public async Task Bytes_whose_total_is_not_the_one_written_are_found_by_verifying_the_blob()
    {
        var record = (await storage.Store.ReadAsync(new RecordKey(BlobKeys.Blobs, "bad"), default, Cancel))[0]!;
        var json = System.Text.Encoding.UTF8.GetString(record.Value.Span);
        var sha256 = (await storage.Blobs.GetAsync("bad", Cancel))!.Sha256;
        await WriteAsync(
            record.Key,
            System.Text.Encoding.UTF8.GetBytes(json.Replace(sha256, new string('0', 64), StringComparison.Ordinal)));

        var report = await storage.Blobs.VerifyAsync("bad", cancellationToken: Cancel);

        Assert.Contains(sha256, Assert.Single(report.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_deleted_and_collected_while_it_is_read_is_told_apart_from_a_damaged_one()
    {
        await using var stream = (await storage.Blobs.OpenReadAsync("bad", Cancel))!;
        await stream.ReadExactlyAsync(new byte[10], Cancel);
        _ = await storage.Blobs.DeleteAsync("bad", cancellationToken: Cancel);
        _ = await BlobWorld.CollectAsync(storage);

        _ = stream.Seek(200_000, SeekOrigin.Begin);
        var error = await Assert.ThrowsAsync<StoreException>(async () =>
            await stream.ReadExactlyAsync(new byte[10], Cancel));

        Assert.Equal((StoreErrorKind.Conflict, true), (error.Kind, error.IsTransient));
    }

    private async Task<StoreRecord> PickAsync(string collection, Func<StoreRecord, bool> isIt) =>
        (await BlobWorld.RecordsAsync(storage, collection)).First(isIt);

    private async Task WriteAsync(RecordKey key, ReadOnlyMemory<byte> bytes, RecordMeta? meta = null)
    {
        var put = new PutOperation(key, bytes) { Meta = meta ?? RecordMeta.Empty };
        Assert.True((await storage.Store.CommitAsync(new Commit(put), Cancel)).IsCommitted);
    }

    private async Task AssertCorruptAsync(params string[] parts)
    {
        var error = await Assert.ThrowsAsync<StoreException>(() => BlobWorld.ReadAsync(storage, "bad"));
        Assert.True(error.Kind is StoreErrorKind.Corrupt or StoreErrorKind.Malformed, error.Message);
        Assert.All(["bad", .. parts], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));

        var all = await storage.Blobs.VerifyAsync(cancellationToken: Cancel);
        var one = await storage.Blobs.VerifyAsync("bad", cancellationToken: Cancel);
        Assert.Equal((2, "bad", error.Message), (all.Blobs, all.Problems.Single().Name, all.Problems.Single().Message));
        Assert.Equal(all.Problems, one.Problems);
    }

    private sealed record BlobRecordTest(long Length, string Sha256, int Level, string Root)
    {
        public byte[] ToBytes() => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            new BlobRecordV1(Length, Sha256, null, Level, Root), BlobJson.Default.BlobRecordV1);
    }
}
