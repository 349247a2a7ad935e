using System.Formats.Tar;
using System.Text;
using Undercroft.Archives;
using Undercroft.Copies;
using Undercroft.Testing;
using Undercroft.Tests.Copies;

namespace Undercroft.Tests.Archives;

public sealed class ArchiveTests : IAsyncDisposable
{
    private readonly ManualClock clock = new();
    private readonly MemoryStore source;
    private readonly MemoryStore target;
    private readonly Undercroft.Storage storage;

    public ArchiveTests()
    {
        source = new MemoryStore(clock: clock);
        target = new MemoryStore(clock: clock);
        storage = Sample.Open(clock, source);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await storage.DisposeAsync();
        await source.DisposeAsync();
        await target.DisposeAsync();
    }

    [Fact]
    public async Task The_form_is_a_tar_file_of_lines_of_JSON()
    {
        var store = new MemoryStore(clock: new ManualClock(DateTimeOffset.UnixEpoch));
        var put = new PutOperation(new RecordKey("notes", "a"), Encoding.UTF8.GetBytes("{\"text\":\n \"é\"}"))
        {
            ExpiresAt = DateTimeOffset.UnixEpoch.AddHours(1),
            Meta = RecordMeta.Empty.With("$tags", "x\ny"),
            Entries = [new IndexEntry("i", new byte[] { 1, 2 }, IsUnique: true)],
        };
        _ = await store.CommitAsync(
            new Commit(put, new AddOperation(new RecordKey("$counters", "c"), 258)), Token);
        using var archive = new MemoryStream();

        _ = await StoreArchive.WriteAsync(store, archive, clock: clock, cancellationToken: Token);

        archive.Position = 0;
        using var tar = new TarReader(archive);
        var entries = new List<string>();
        while (await tar.GetNextEntryAsync(cancellationToken: Token) is { } entry)
        {
            using var text = new StreamReader(entry.DataStream!);
            entries.Add($"{entry.Name}: {await text.ReadToEndAsync(Token)}");
        }

        const string Times = "\"created\":\"1970-01-01T00:00:00Z\",\"updated\":\"1970-01-01T00:00:00Z\"";
        string[] expected =
            [
                """
                archive.json: {"format":"undercroft-archive","version":1,"origin":{"created":\
                "2031-03-14T15:09:26.5358979+00:00","backend":"memory","epoch":"EPOCH"}}

                """.Replace("EPOCH", store.Info.Epoch.ToString(), StringComparison.Ordinal),
                """
                records/00000001.jsonl: {"collection":"$counters","id":"c","revision":1,TIMES,"base64":"AAAAAAAAAQI="}
                {"collection":"notes","id":"a","revision":1,TIMES,"expires":"1970-01-01T01:00:00Z",\
                "meta":{"$tags":"x\ny"},"entries":[["i","AQI=",true]],"text":"{\"text\":\n \"é\"}"}
                {"lines":2,"sha256":"1f2c71db1ddc2ad12cc0b7b898faa60eb4a2a82a58ed20a5a2f556b06bb602a5"}

                """,
            ];
        Assert.Equal(
            expected.Select(static text => text
                .Replace("\\\n", "", StringComparison.Ordinal)
                .Replace("TIMES", Times, StringComparison.Ordinal)),
            entries[..2]);
        Assert.StartsWith(
            """end.json: {"records":2,"changes":0,"parts":1,"bytes":""", entries[2], StringComparison.Ordinal);
        Assert.Equal(3, entries.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_restored_is_what_was_archived(bool isCompressed)
    {
        await new RandomContent(storage, new Random(11)).ChangeAsync(400, Token);
        using var archive = new MemoryStream();

        var written = await StoreArchive.WriteAsync(
            source, archive, new ArchiveOptions { IsCompressed = isCompressed }, clock, cancellationToken: Token);
        var verified = await StoreArchive.VerifyAsync(archive, cancellationToken: Token);
        var restored = await StoreArchive.RestoreAsync(archive, target, clock: clock, cancellationToken: Token);

        Assert.Equal(written, verified);
        Assert.Equal(new RestoreReport(verified, verified.Records, 0, IsResumed: false), restored);
        Assert.Equal((source.Info.Epoch, "memory"), (written.Epoch, written.Backend));
        Assert.Equal(clock.GetUtcNow(), written.CreatedAt);
        await AssertEqualAsync();
        var comparison = await StoreArchive.CompareAsync(archive, target, clock: clock, cancellationToken: Token);
        Assert.Equal((0, written.Records), (comparison.Different, comparison.Compared));
    }

    [Fact]
    public async Task A_restored_record_tells_the_revision_it_had_and_loses_it_in_the_next_archive()
    {
        await storage.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await storage.Repository(Sample.Books).UpsertAsync("a", new Book("B", "x", 1), cancellationToken: Token);
        using var first = await ArchiveAsync(source);
        _ = await StoreArchive.RestoreAsync(first, target, clock: clock, cancellationToken: Token);

        using var second = await ArchiveAsync(target);

        var read = await target.ReadAsync(new RecordKey("books", "a"), default, Token);
        Assert.Equal("2", read[0]!.Meta["$sourceRevision"]);
        Assert.True((await StoreArchive.CompareAsync(first, second, cancellationToken: Token)).AreEqual);
        Assert.DoesNotContain("$sourceRevision", Encoding.UTF8.GetString(second.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Canonical_archives_of_equal_stores_are_equal_byte_for_byte()
    {
        await new RandomContent(storage, new Random(12)).ChangeAsync(200, Token);
        _ = await new StoreCopy(source, target, clock: clock).RunAsync(cancellationToken: Token);
        var canonical = new ArchiveOptions { IsCanonical = true };

        using var left = await ArchiveAsync(source, canonical);
        clock.Advance(TimeSpan.FromMinutes(1));
        using var right = await ArchiveAsync(target, canonical);
        using var plain = await ArchiveAsync(target);

        Assert.Equal(left.ToArray(), right.ToArray());
        Assert.NotEqual(left.ToArray(), plain.ToArray());
        Assert.True((await StoreArchive.CompareAsync(left, plain, cancellationToken: Token)).AreEqual);
    }

    [Fact]
    public async Task A_canonical_archive_does_not_tell_in_which_order_records_were_deleted()
    {
        foreach (var (store, id) in new[] { (source, "b"), (source, "a"), (target, "a"), (target, "b") })
        {
            var deletion = new DeleteOperation(new RecordKey("books", id)) { LeavesTombstone = true };
            _ = await store.CommitAsync(new Commit(deletion), Token);
        }

        var canonical = new ArchiveOptions { IsCanonical = true, IncludesDeletions = true };

        using var left = await ArchiveAsync(source, canonical);
        using var right = await ArchiveAsync(target, canonical);
        using var plain = await ArchiveAsync(source, canonical with { IsCanonical = false });

        Assert.Equal(left.ToArray(), right.ToArray());
        Assert.True((await StoreArchive.CompareAsync(left, plain, cancellationToken: Token)).AreEqual);
        Assert.Equal(2, (await StoreArchive.VerifyAsync(left, cancellationToken: Token)).Changes);
    }

    [Fact]
    public async Task A_comparison_names_what_differs()
    {
        var books = storage.Repository(Sample.Books);
        await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await books.CreateAsync("b", new Book("B", "x", 1), cancellationToken: Token);
        await books.CreateAsync("c", new Book("C", "x", 1), cancellationToken: Token);
        using var archive = await ArchiveAsync(source);
        await books.UpsertAsync("a", new Book("A2", "x", 1), cancellationToken: Token);
        await books.DeleteAsync("b", cancellationToken: Token);
        await books.UpsertAsync("c", new Book("C", "x", 1), new WriteOptions { Tags = ["t"] }, Token);
        await books.CreateAsync("d", new Book("D", "x", 1), cancellationToken: Token);

        var comparison = await StoreArchive.CompareAsync(archive, source, clock: clock, cancellationToken: Token);

        Assert.Equal(
            ["'books/a': value", "'books/b': only left", "'books/c': meta", "'books/d': only right"],
            comparison.Differences.Select(static difference => difference.ToString()));
        Assert.Equal((4, 4), (comparison.Compared, comparison.Different));
    }

    [Fact]
    public async Task Written_while_it_is_made_it_is_the_store_as_it_was_at_its_end()
    {
        var seed = TestSeed.Take();
        for (var round = 0; round < 12 * TestSeed.Length; round++)
        {
            var random = seed.ToRandom(round);
            await using var store = new MemoryStore(clock: clock);
            var content = new RandomContent(Sample.Open(clock, store), random);
            await content.ChangeAsync(random.Next(150), Token);
            var meddling = new MeddlingWalk(store, () => content.ChangeAsync(random.Next(40), Token));
            using var archive = new MemoryStream();
            var report = await StoreArchive.WriteAsync(
                meddling, archive, new ArchiveOptions { IncludesDeletions = random.Next(2) == 0 }, clock,
                cancellationToken: Token);
            await using var restored = new MemoryStore(
                new MemoryStoreOptions { Limits = new StoreLimits { OperationsMax = random.Next(3, 50) } }, clock);
            _ = await StoreArchive.RestoreAsync(archive, restored, clock: clock, cancellationToken: Token);

            var stores = await StoreComparison.CompareAsync(store, restored, clock, cancellationToken: Token);
            var file = await StoreArchive.CompareAsync(archive, store, clock: clock, cancellationToken: Token);
            Assert.True(stores.AreEqual && file.AreEqual, $"Round {round}: {stores} {file} {report}. {seed}");
        }
    }

    [Fact]
    public async Task Deletions_go_along_where_they_are_wanted()
    {
        var books = storage.Repository(Sample.Books);
        await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await books.DeleteAsync("a", cancellationToken: Token);
        using var archive = await ArchiveAsync(source, new ArchiveOptions { IncludesDeletions = true });

        var report = await StoreArchive.RestoreAsync(archive, target, clock: clock, cancellationToken: Token);

        var read = await target.ReadAsync(
            new RecordKey("books", "a"), new ReadOptions { IncludeDeleted = true }, Token);
        Assert.True(read[0]!.IsDeleted);
        Assert.Equal((0, 1), (report.Archive.Records, report.Archive.Changes));
    }

    [Fact]
    public async Task A_target_with_records_is_refused_kept_or_overwritten_as_told()
    {
        var books = storage.Repository(Sample.Books);
        await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await books.CreateAsync("b", new Book("B", "x", 1), cancellationToken: Token);
        using var archive = await ArchiveAsync(source);
        var theirs = Sample.Open(clock, target).Repository(Sample.Books);
        await theirs.CreateAsync("a", new Book("mine", "x", 1), cancellationToken: Token);
        await theirs.CreateAsync("m", new Book("M", "x", 1), cancellationToken: Token);

        var error = await Assert.ThrowsAsync<StoreException>(() => RestoreAsync(archive, RestoreTarget.Empty));
        Assert.StartsWith(
            "Cannot restore into 'memory': it already holds 2 records", error.Message, StringComparison.Ordinal);
        Assert.Null(await theirs.GetAsync("b", Token));

        var kept = await RestoreAsync(archive, RestoreTarget.Keep);
        Assert.Equal((1, 1), (kept.Written, kept.Kept));
        Assert.Equal("mine", (await theirs.GetAsync("a", Token))!.Value.Title);

        var overwritten = await RestoreAsync(archive, RestoreTarget.Overwrite);
        Assert.Equal((2, 0), (overwritten.Written, overwritten.Kept));
        Assert.Equal("A", (await theirs.GetAsync("a", Token))!.Value.Title);
        Assert.NotNull(await theirs.GetAsync("m", Token));
    }

    [Theory]
    [InlineData(RestoreTarget.Keep, true)]
    [InlineData(RestoreTarget.Keep, false)]
    [InlineData(RestoreTarget.Overwrite, true)]
    [InlineData(RestoreTarget.Overwrite, false)]
    public async Task Restored_among_others_every_document_is_found_by_every_index(
        RestoreTarget policy, bool isArchiveIndexed)
    {
        var byAuthor = Sample.Books.WithIndex("byAuthor", "author");
        var byScore = Sample.Books.WithIndex("byScore", "score");
        await storage.Repository(isArchiveIndexed ? byAuthor : Sample.Books)
            .CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        await Sample.Open(clock, target).Repository(byScore)
            .CreateAsync("m", new Book("M", "x", 1), cancellationToken: Token);
        using var archive = await ArchiveAsync(source);

        _ = await RestoreAsync(archive, policy);

        var merged = Sample.Open(clock, target);
        var byOne = await merged.Repository(byScore)
            .Query().Where(static book => book.Score == 1).RequireIndex().CountAsync(Token);
        var byOther = await merged.Repository(byAuthor)
            .Query().Where(static book => book.Author == "x").RequireIndex().CountAsync(Token);
        Assert.Equal((2, 2), (byOne, byOther));
    }

    [Theory]
    [InlineData(RestoreTarget.Empty, false)]
    [InlineData(RestoreTarget.Empty, true)]
    [InlineData(RestoreTarget.Keep, true)]
    public async Task A_restore_that_fails_at_each_commit_in_turn_goes_on_where_it_was(
        RestoreTarget policy, bool happensAllTheSame)
    {
        for (var i = 0; i < 12; i++)
        {
            var bytes = new byte[300_000];
            new Random(i).NextBytes(bytes);
            _ = await source.CommitAsync(new Commit(new PutOperation(new RecordKey("raw", $"r{i:D2}"), bytes)), Token);
        }

        var archive = await ArchiveAsync(source);
        var failsAt = 0;
        var unsteady = new UnsteadyStore(target);
        unsteady.FailsBefore = number => !happensAllTheSame && number == failsAt;
        unsteady.FailsAfter = number => happensAllTheSame && number == failsAt;
        var (failures, resumed) = (0, false);
        while (true)
        {
            failsAt = unsteady.Commits + (failures == 0 ? 4 : 3);
            var running = StoreArchive.RestoreAsync(
                archive, unsteady, new RestoreOptions { Target = policy }, clock, cancellationToken: Token);
            while (!running.IsCompleted)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            if (running.IsCompletedSuccessfully)
            {
                var report = await running;
                resumed = report.IsResumed;
                Assert.Equal((12, 0), (report.Written, report.Kept));
                break;
            }

            failures++;
            Assert.Equal(StoreErrorKind.Full, (await Assert.ThrowsAsync<StoreException>(() => running)).Kind);
        }

        Assert.True(resumed && failures >= 2, $"{failures} failures prove little.");
        await AssertEqualAsync();
    }

    [Fact]
    public async Task A_restore_that_was_begun_with_another_archive_is_not_gone_on_with()
    {
        var books = storage.Repository(Sample.Books);
        await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        using var first = await ArchiveAsync(source);
        await books.CreateAsync("b", new Book("B", "x", 1), cancellationToken: Token);
        using var second = await ArchiveAsync(source);
        var failing = new UnsteadyStore(target) { FailsBefore = static number => number == 3 };
        await Assert.ThrowsAsync<StoreException>(
            () => StoreArchive.RestoreAsync(first, failing, clock: clock, cancellationToken: Token));

        var error = await Assert.ThrowsAsync<StoreException>(() => RestoreAsync(second, RestoreTarget.Empty));

        Assert.Contains("the restore of another archive", error.Message, StringComparison.Ordinal);
        _ = await RestoreAsync(first, RestoreTarget.Empty);
        Assert.Null((await target.ReadAsync(new RecordKey("$copies", "restore"), default, Token))[0]);
    }

    [Fact]
    public async Task A_stream_that_cannot_seek_takes_an_archive_but_gives_none()
    {
        await using var oneWay = new System.IO.Compression.BrotliStream(
            new MemoryStream(), System.IO.Compression.CompressionLevel.Fastest);

        _ = await StoreArchive.WriteAsync(source, oneWay, clock: clock, cancellationToken: Token);

        await Assert.ThrowsAsync<ArgumentException>(
            () => StoreArchive.VerifyAsync(oneWay, cancellationToken: Token));
    }

    private async Task<MemoryStream> ArchiveAsync(IStore store, ArchiveOptions? options = null)
    {
        var archive = new MemoryStream();
        _ = await StoreArchive.WriteAsync(store, archive, options, clock, cancellationToken: Token);
        return archive;
    }

    private Task<RestoreReport> RestoreAsync(Stream archive, RestoreTarget policy) => StoreArchive.RestoreAsync(
        archive, target, new RestoreOptions { Target = policy }, clock, cancellationToken: Token);

    private async Task AssertEqualAsync() => Assert.Empty(
        (await StoreComparison.CompareAsync(source, target, clock, cancellationToken: Token)).Differences);
}
