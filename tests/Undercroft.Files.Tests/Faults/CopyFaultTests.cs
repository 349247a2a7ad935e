using Undercroft.Copies;
using Undercroft.Testing;

namespace Undercroft.Files.Tests.Faults;

/// <summary>Copies into a files store whose disk is full, at every single call to the file system. When there is room
/// again the copy goes on, and the target is equal.</summary>
public sealed class CopyFaultTests
{
    private const string Root = "/data/store";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wherever_the_disk_is_full_the_copy_goes_on_and_is_equal(bool staysFull)
    {
        await using var source = await NewSourceAsync();
        var failures = 0;
        for (var failsAt = 1; ; failsAt += failsAt < 40 ? 1 : 7)
        {
            var files = new FaultFileSystem();
            files.CreateDirectory("/data");
            files.Restart();
            (files.FailsAt, files.FailsOn, files.FailsWith) = (failsAt, staysFull, 28);
            var hasFailed = !await TryCopyAsync(source, files);
            if (files.Failed is null)
            {
                break;
            }

            failures += hasFailed ? 1 : 0;
            files.Restart();
            Assert.True(await TryCopyAsync(source, files), $"call {failsAt}");
            await using var target = await OpenAsync(files);
            var comparison = await StoreComparison.CompareAsync(source, target, cancellationToken: Cancel);
            Assert.True(comparison.AreEqual, $"call {failsAt}: {string.Join(", ", comparison.Differences)}");
        }

        Assert.True(failures > 20, $"{failures} failures prove little.");
    }

    private static async Task<bool> TryCopyAsync(IStore source, FaultFileSystem files)
    {
        try
        {
            await using var target = await OpenAsync(files);
            var report = await new StoreCopy(
                source, target, new StoreCopyOptions { BatchSize = 6, Lease = TimeSpan.FromMilliseconds(100) })
                .RunAsync(cancellationToken: Cancel);
            return report.HasCaughtUp;
        }
        catch (StoreException)
        {
            return false;
        }
    }

    private static ValueTask<FileStore> OpenAsync(FaultFileSystem files) => FileStore.OpenAsync(
        files,
        new FileStoreOptions { Directory = Root, TreeDelay = TimeSpan.Zero, JournalBytesMax = 64 * 1024 },
        TimeProvider.System,
        Cancel);

    private static async Task<MemoryStore> NewSourceAsync()
    {
        var source = new MemoryStore(clock: new ManualClock());
        for (var i = 0; i < 40; i++)
        {
            var put = new PutOperation(new RecordKey("stories", $"s{i}"), new byte[50 * i])
            {
                Meta = RecordMeta.Empty.With("n", $"{i}"),
                Entries = [new IndexEntry("i", new[] { (byte)i })],
            };
            var delete = new DeleteOperation(new RecordKey("stories", $"s{i / 3}"));
            _ = await source.CommitAsync(new Commit(i % 5 == 4 ? [put, delete] : [put]), Cancel);
        }

        return source;
    }
}
