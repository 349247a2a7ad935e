using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using Undercroft.Archives;
using Undercroft.Testing;

namespace Undercroft.Tests.Archives;

/// <summary>What is no sound archive is refused with a sentence, and nothing is written.</summary>
public sealed class HostileArchiveTests : IAsyncDisposable
{
    private readonly ManualClock clock = new();
    private readonly MemoryStore target;

    public HostileArchiveTests() => target = new MemoryStore(clock: clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => target.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cut_off_at_any_byte_it_is_refused(bool isCompressed)
    {
        var archive = await SmallAsync(isCompressed);
        for (var length = 0; length < archive.Length; length++)
        {
            await AssertRefusedAsync(archive[..length], $"cut at {length}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_any_bit_turned_it_is_refused_or_means_the_same(bool isCompressed)
    {
        var archive = await SmallAsync(isCompressed);
        using var whole = new MemoryStream(archive);
        var sound = await StoreArchive.VerifyAsync(whole, cancellationToken: Token);
        var harmless = 0;
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        var isLong = TestSeed.Length > 1;
        for (var bit = 0; bit < archive.Length * 8; bit = isLong ? bit + 1 : ((bit / 8) + 1) * 8)
        {
            // One bit of each byte; in a soak, all.
            bit += isLong ? 0 : random.Next(8);
            var bad = archive.ToArray();
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            using var stream = new MemoryStream(bad);
            try
            {
                var report = await StoreArchive.VerifyAsync(stream, cancellationToken: Token);
                harmless++;
                Assert.Equal(sound, report);
                Assert.True(isCompressed, $"bit {bit} was not noticed. {seed}");
            }
            catch (StoreException error)
            {
                AssertSentence(error);
            }
        }

        // Gzip has a time, flags and the name of a system in the head of each part that mean nothing, and a checksum of
        // its own.
        var parts = archive.AsSpan().Count((ReadOnlySpan<byte>)[0x1F, 0x8B, 8]);
        Assert.InRange(harmless, 0, 24 * parts * (isLong ? 8 : 1));
    }

    [Fact]
    public async Task With_bytes_added_it_is_refused()
    {
        var archive = await SmallAsync(isCompressed: false);

        await AssertRefusedAsync([.. archive, 0], "something follows behind its end");
        await AssertRefusedAsync([.. archive, .. archive], "something follows behind its end");
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("PK\u0003\u0004 a zip file, or something that begins like one")]
    [InlineData("SQLite format 3\0")]
    public async Task A_foreign_file_is_refused(string content) =>
        await AssertRefusedAsync(Encoding.Latin1.GetBytes(content), "no archive at all");

    [Theory]
    [InlineData("../archive.json")]
    [InlineData("/archive.json")]
    [InlineData("records/../../../etc/passwd")]
    [InlineData("records/00000002.jsonl")]
    [InlineData("notes.txt")]
    public async Task A_tar_file_with_other_names_in_it_is_refused(string name)
    {
        using var stream = new MemoryStream();
        await using (var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            await tar.WriteEntryAsync(
                new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("{}"u8.ToArray()) },
                Token);
        }

        await AssertRefusedAsync(stream.ToArray(), "there is no entry as an archive has them");
        await AssertRefusedAsync(await ForgeAsync((name, "{}\n")), "instead of part 1");
    }

    [Fact]
    public async Task A_link_is_refused()
    {
        using var stream = new MemoryStream();
        await using (var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            await tar.WriteEntryAsync(
                new UstarTarEntry(TarEntryType.SymbolicLink, "archive.json") { LinkName = "/etc/passwd" }, Token);
        }

        await AssertRefusedAsync(stream.ToArray(), "there is no entry as an archive has them");
    }

    [Fact]
    public async Task A_later_version_is_refused_by_its_number()
    {
        using var stream = new MemoryStream();
        var head = "{\"format\":\"undercroft-archive\",\"version\":7,\"new\":true}\n"u8.ToArray();
        stream.Write(TarBlock.Header(ArchiveForm.HeadName, head.Length));
        stream.Write(head);
        stream.Write(new byte[TarBlock.Padding(head.Length)]);

        var error = await RefusalAsync(stream.ToArray());

        Assert.Equal(StoreErrorKind.Unsupported, error.Kind);
        Assert.Equal("The archive has form 7; this version reads form 1. Read it with a later version.", error.Message);
    }

    [Theory]
    [InlineData("b", "a", "behind 'c/b'")]
    [InlineData("a", "a", "behind 'c/a'")]
    public async Task Records_twice_or_out_of_order_are_refused(string first, string second, string why) =>
        await AssertRefusedAsync(await ForgeAsync(Part(1, Line(first), Line(second))), why);

    [Theory]
    [InlineData("""{"collection":"c","id":"a",TIMES}""")]
    [InlineData("""{"collection":"c","id":"",TIMES,"text":""}""")]
    [InlineData("""{"collection":"c","id":"a\u0000",TIMES,"text":""}""")]
    [InlineData("""{"collection":"c","id":"\ud800",TIMES,"text":""}""")]
    [InlineData("""{"collection":"c","id":"a","created":"yesterday","updated":"2020-01-01T00:00:00Z","text":""}""")]
    [InlineData("""{"collection":"c","id":"a",TIMES,"text":"","text":""}""")]
    [InlineData("""{"collection":"c","id":"a",TIMES,"base64":"*"}""")]
    [InlineData("""{"collection":"c","id":"a",TIMES,"text":"","x":1}""")]
    [InlineData("""{"collection":"$copies","id":"lease",TIMES,"text":""}""")]
    [InlineData("""{"collection":"c","id":"a","revision":-1,TIMES,"text":""}""")]
    [InlineData("""{"collection":"c","id":"a","deleted":true,"updated":"2020-01-01T00:00:00Z"}""")]
    [InlineData("""[1]""")]
    [InlineData("")]
    public async Task Records_that_no_archive_has_are_refused(string line) =>
        await AssertRefusedAsync(await ForgeAsync(Part(1, line)), "");

    [Fact]
    public async Task Records_behind_changes_are_refused() => await AssertRefusedAsync(
        await ForgeAsync((ArchiveForm.PartName(true, 1), Part(1, Line("a")).Content), Part(2, Line("b"))),
        "instead of part 2");

    [Fact]
    public async Task A_size_that_is_only_claimed_takes_no_memory()
    {
        using var stream = new MemoryStream(await ForgeAsync());
        var bytes = stream.ToArray()[..1024];
        byte[] claim = [.. bytes, .. TarBlock.Header("records/00000001.jsonl", ArchiveForm.PartBytesMax)];
        var before = GC.GetAllocatedBytesForCurrentThread();

        await AssertRefusedAsync(claim, "it ends");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);
        await AssertRefusedAsync(
            [.. bytes, .. TarBlock.Header("records/00000001.jsonl", ArchiveForm.PartBytesMax + 1L)],
            "instead of part 1");
    }

    [Fact]
    public async Task A_bomb_is_refused_before_it_goes_off()
    {
        await using var source = new MemoryStore(clock: clock);
        for (var i = 0; i < 5; i++)
        {
            var zeros = new byte[12 * 1024 * 1024];
            _ = await source.CommitAsync(new Commit(new PutOperation(new RecordKey("z", $"{i}"), zeros)), Token);
        }

        using var archive = new MemoryStream();
        _ = await StoreArchive.WriteAsync(
            source, archive, new ArchiveOptions { IsCompressed = true }, clock, cancellationToken: Token);

        var error = await RefusalAsync(archive.ToArray(), new ArchiveReadOptions { ExpansionMax = 20 });
        var size = await RefusalAsync(archive.ToArray(), new ArchiveReadOptions { BytesMax = 1_000_000 });

        Assert.Equal((StoreErrorKind.LimitExceeded, StoreErrorKind.LimitExceeded), (error.Kind, size.Kind));
        Assert.Contains("more than 20 times as many", error.Message, StringComparison.Ordinal);
        Assert.Contains("more than 1000000 bytes", size.Message, StringComparison.Ordinal);
    }

    private async Task<byte[]> SmallAsync(bool isCompressed)
    {
        await using var source = new MemoryStore(clock: clock);
        _ = await source.CommitAsync(
            new Commit(
                new PutOperation(new RecordKey("c", "a"), "{\"x\":1}"u8.ToArray())
                {
                    Meta = RecordMeta.Empty.With("m", "n"),
                    Entries = [new IndexEntry("i", new byte[] { 7 })],
                },
                new PutOperation(new RecordKey("c", "b"), new byte[] { 0xFF })),
            Token);
        using var archive = new MemoryStream();
        _ = await StoreArchive.WriteAsync(
            source, archive, new ArchiveOptions { IsCompressed = isCompressed }, clock, cancellationToken: Token);
        return archive.ToArray();
    }

    private static string Line(string id) =>
        $$"""{"collection":"c","id":"{{id}}",TIMES,"text":""}""";

    private static (string Name, string Content) Part(int number, params string[] lines)
    {
        const string Times = "\"created\":\"2020-01-01T00:00:00Z\",\"updated\":\"2020-01-01T00:00:00Z\"";
        var content = string.Concat(lines.Select(static line => line + "\n"))
            .Replace("TIMES", Times, StringComparison.Ordinal);
        var sum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        return (
            ArchiveForm.PartName(false, number), $"{content}{{\"lines\":{lines.Length},\"sha256\":\"{sum}\"}}\n");
    }

    // A sound head, and then whatever is given.
    private static async Task<byte[]> ForgeAsync(params (string Name, string Content)[] entries)
    {
        using var stream = new MemoryStream();
        (string Name, string Content)[] all =
            [(ArchiveForm.HeadName, "{\"format\":\"undercroft-archive\",\"version\":1}\n"), .. entries];
        foreach (var (name, content) in all)
        {
            var bytes = Encoding.UTF8.GetBytes(content);
            await stream.WriteAsync(TarBlock.Header(name, bytes.Length), Token);
            await stream.WriteAsync(bytes, Token);
            await stream.WriteAsync(new byte[TarBlock.Padding(bytes.Length)], Token);
        }

        return stream.ToArray();
    }

    private async Task AssertRefusedAsync(byte[] archive, string why)
    {
        var error = await RefusalAsync(archive);
        if (!why.StartsWith("cut", StringComparison.Ordinal))
        {
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
        }
    }

    private async Task<StoreException> RefusalAsync(byte[] archive, ArchiveReadOptions? options = null)
    {
        using var stream = new MemoryStream(archive);
        var error = await Assert.ThrowsAsync<StoreException>(() => StoreArchive.RestoreAsync(
            stream, target, new RestoreOptions { Reading = options ?? ArchiveReadOptions.Default }, clock,
            cancellationToken: Token));
        AssertSentence(error);
        var feed = await target.ChangesAsync(new ChangesRequest(), Token);
        Assert.Empty(feed.Changes);
        return error;
    }

    private static void AssertSentence(StoreException error)
    {
        Assert.StartsWith("The archive ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
