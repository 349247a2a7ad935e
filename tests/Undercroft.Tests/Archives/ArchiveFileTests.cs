using System.Globalization;
using Undercroft.Archives;
using Undercroft.Copies;
using Undercroft.Layers;
using Undercroft.Testing;

namespace Undercroft.Tests.Archives;

/// <summary>An archive as a file: whole, or gone on with.</summary>
public sealed class ArchiveFileTests : IAsyncDisposable
{
    private const int RecordBytes = 100_000;

    private readonly ManualClock clock = new();
    private readonly MemoryStore source;
    private readonly string folder = Directory.CreateTempSubdirectory("undercroft-archive-").FullName;
    private readonly string path;

    public ArchiveFileTests()
    {
        source = new MemoryStore(clock: clock);
        path = Path.Combine(folder, "a.tar");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Interrupted_again_and_again_it_is_what_one_call_would_have_written(bool isCompressed)
    {
        await FillAsync(70);
        var options = new ArchiveOptions { IsCompressed = isCompressed };
        var walk = new BreakingWalk(source);
        var calls = 1;
        for (; !await TryAsync(walk, options); calls++)
        {
            Assert.False(File.Exists(path));
        }

        var whole = new MemoryStream();
        _ = await StoreArchive.WriteAsync(source, whole, options, clock, cancellationToken: Token);
        Assert.Equal(whole.ToArray(), await File.ReadAllBytesAsync(path, Token));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder));

        // Each call but the last has read three pages, and the next one what of them was in no whole part.
        Assert.True(calls > 3, $"{calls} calls prove little.");
        Assert.True(walk.Scans < 10 * 3, $"It has read {walk.Scans} pages of 7 to bring 70 records.");
    }

    [Fact]
    public async Task Written_to_between_and_meanwhile_it_is_the_store_as_it_was_at_the_end_of_the_last_call()
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        await FillAsync(60);
        var walk = new BreakingWalk(source)
        {
            Meddle = async () =>
            {
                var key = Key(random.Next(80));
                _ = await source.CommitAsync(
                    random.Next(3) == 0
                        ? new Commit(new DeleteOperation(key))
                        : new Commit(new PutOperation(key, Bytes(random, RecordBytes - random.Next(100)))),
                    Token);
            },
        };
        while (!await TryAsync(walk, ArchiveOptions.Default))
        {
        }

        await using var restored = new MemoryStore(clock: clock);
        await using var archive = File.OpenRead(path);
        _ = await StoreArchive.RestoreAsync(archive, restored, clock: clock, cancellationToken: Token);
        var comparison = await StoreComparison.CompareAsync(source, restored, clock, cancellationToken: Token);
        Assert.True(comparison.AreEqual, $"{comparison}. {seed}");
    }

    [Theory]
    [InlineData("a longer part", true)]
    [InlineData("half a line", true)]
    [InlineData("a shorter part", true)]
    [InlineData("a turned bit", false)]
    [InlineData("no lines", false)]
    [InlineData("other options", false)]
    [InlineData("another store", false)]
    public async Task What_a_killed_call_has_left_is_used_as_far_as_it_is_good(string left, bool isResumed)
    {
        await FillAsync(40);
        var whole = new MemoryStream();
        _ = await StoreArchive.WriteAsync(source, whole, clock: clock, cancellationToken: Token);
        var (before, from) = (ArchiveOptions.Default, source);
        if (left == "other options")
        {
            before = before with { IncludesDeletions = true };
        }
        else if (left == "another store")
        {
            from = new MemoryStore(clock: clock);
            await FillAsync(40, from);
        }

        Assert.False(await TryAsync(new BreakingWalk(from), before));
        var (part, lines) = (path + ".part", path + ".part.jsonl");
        switch (left)
        {
            case "a longer part":
                await File.AppendAllTextAsync(part, "torn", Token);
                break;
            case "half a line":
                var good = await File.ReadAllLinesAsync(lines, Token);
                await File.WriteAllTextAsync(lines, $"{good[0]}\n{good[1]}\n{good[^1][..20]}", Token);
                break;
            case "a shorter part":
                await using (var file = File.OpenWrite(part))
                {
                    file.SetLength(file.Length - 1);
                }

                break;
            case "a turned bit":
                var bytes = await File.ReadAllBytesAsync(part, Token);
                bytes[3000] ^= 1;
                await File.WriteAllBytesAsync(part, bytes, Token);
                break;
            case "no lines":
                File.Delete(lines);
                break;
            default:
                break;
        }

        var report = await StoreArchive.WriteFileAsync(source, path, clock: clock, cancellationToken: Token);

        Assert.Equal(isResumed, report.IsResumed);
        Assert.Equal(40, report.Archive.Records);
        Assert.Equal(whole.ToArray(), await File.ReadAllBytesAsync(path, Token));
        if (from != source)
        {
            await from.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_call_that_cannot_be_gone_on_with_leaves_nothing_and_none_overwrites()
    {
        await FillAsync(3);
        Assert.False(await TryAsync(new BreakingWalk(source) { ScansMax = 0 }, ArchiveOptions.Default));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));

        await File.WriteAllTextAsync(path, "mine", Token);
        var error = await Assert.ThrowsAsync<IOException>(
            () => StoreArchive.WriteFileAsync(source, path, cancellationToken: Token));

        Assert.Contains("an archive never overwrites", error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(path, Token));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder));
    }

    private static RecordKey Key(int number) =>
        new(number % 2 == 0 ? "even" : "odd", number.ToString("D3", CultureInfo.InvariantCulture));

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private async Task FillAsync(int count, IStore? store = null)
    {
        for (var i = 0; i < count; i++)
        {
            _ = await (store ?? source).CommitAsync(
                new Commit(new PutOperation(Key(i), Bytes(new Random(i), RecordBytes))), Token);
        }
    }

    // Says whether it came to its end.
    private async Task<bool> TryAsync(BreakingWalk walk, ArchiveOptions options)
    {
        walk.Left = walk.ScansMax;
        try
        {
            _ = await StoreArchive.WriteFileAsync(walk, path, options, clock, cancellationToken: Token);
            return true;
        }
        catch (OperationCanceledException) when (walk.Left < 0)
        {
            return false;
        }
    }

    /// <summary>Breaks a walk off after some pages, which are small.</summary>
    private sealed class BreakingWalk(IStore inner) : DelegatingStore(inner)
    {
        public int ScansMax { get; init; } = 3;

        public int Left { get; set; }

        public int Scans { get; private set; }

        public Func<Task> Meddle { get; init; } = static () => Task.CompletedTask;

        public override async ValueTask<ScanPage> ScanAsync(
            ScanRequest request, CancellationToken cancellationToken = default)
        {
            if (--Left < 0)
            {
                throw new OperationCanceledException();
            }

            Scans++;
            await Meddle();
            return await Inner.ScanAsync(request with { Limit = 7 }, cancellationToken);
        }
    }
}
