using System.Diagnostics.CodeAnalysis;
using Undercroft.Layers;
using Undercroft.Testing;

namespace Undercroft.Stories.Tests;

public abstract class StoryBackupsTests : IAsyncLifetime
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly string folder = Directory.CreateTempSubdirectory("undercroft-backups-").FullName;
    private readonly ManualClock clock = new();
    private SmallStore store = null!;
    private Storage storage = null!;
    private StoryLibrary library = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract string Address(string folder);

    public async ValueTask InitializeAsync()
    {
        var opened = await new StoreSchemes().AddSqlite().AddFiles().OpenAsync(Address(folder), null, Token);
        store = new SmallStore(opened, 10_000);
        storage = new Storage(store);
        library = new StoryLibrary(storage);
    }

    public async ValueTask DisposeAsync()
    {
        await library.DisposeAsync();
        await storage.DisposeAsync();
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_story_with_the_longest_id_has_backups_too()
    {
        var backups = new StoryBackups(storage, library);
        var id = new string('i', RecordKey.IdBytesMax);
        _ = await library.SaveAsync(new Story { Id = id, Name = "before" }, null, Token);

        var backup = await backups.CreateAsync(id, Token);
        _ = await library.DeleteAsync(id, cancellationToken: Token);
        var restored = await backups.RestoreAsync(id, backup!.Number, Token);

        Assert.Equal((id, "before"), (restored!.Story.Id, restored.Story.Name));
        Assert.Equal([1L], await backups.ListAsync(id, Token).Select(static one => one.Number).ToListAsync(Token));
    }

    [Fact]
    public async Task Every_story_of_the_repository_is_backed_up_changed_and_restored_byte_for_byte()
    {
        var backups = new StoryBackups(storage, library);
        foreach (var file in Samples.Files())
        {
            var bytes = await File.ReadAllBytesAsync(file, Token);
            var import = Assert.Single((await library.ImportAsync(bytes, Path.GetFileName(file), Token)).Stories);
            var id = import.Summary.Id;
            var before = (await library.LoadAsync(id, cancellationToken: Token))!;
            var backup = await backups.CreateAsync(id, Token);
            _ = await library.SaveAsync(before.Story with { Name = "x", Passages = [] }, null, Token);

            var restored = await backups.RestoreAsync(id, backup!.Number, Token);

            Assert.Equal(StoryJson.Write(before.Story), StoryJson.Write(restored!.Story));
            Assert.Equal(before.Tags, restored.Tags);
            Assert.Equal(bytes, StoryFormats.Write([restored.Story], before.Story.Origin!.Format).Bytes.ToArray());
            Assert.Equal(StoryJson.Write(before.Story).Length, backup.Bytes);
            var list = await backups.ListAsync(id, Token).ToListAsync(Token);
            Assert.Equal(
                [(2, StoryBackupReason.BeforeRestore, "x"), (1, StoryBackupReason.Asked, before.Story.Name)],
                list.Select(one => ((int)one.Number, one.Reason, one.Name)));
        }
    }

    [Fact]
    public async Task A_deleted_story_is_restored_and_what_is_not_there_is_null()
    {
        var backups = new StoryBackups(storage, library);
        _ = await SaveAsync("one");
        var backup = await backups.CreateAsync("s", Token);
        _ = await library.DeleteAsync("s", cancellationToken: Token);

        var restored = await backups.RestoreAsync("s", backup!.Number, Token);

        Assert.Equal("one", restored!.Story.Passages[0].Body);
        Assert.Null(await backups.RestoreAsync("s", 99, Token));
        Assert.Null(await backups.ReadAsync("other", 1, Token));
        Assert.Null(await backups.CreateAsync("other", Token));
    }

    [Fact]
    public async Task Backups_are_rotated_by_count_and_numbers_go_on()
    {
        var backups = New(options => options.KeptMax = 3);
        for (var i = 1; i <= 7; i++)
        {
            _ = await SaveAsync($"{i}");
            _ = await backups.CreateAsync("s", Token);
        }

        Assert.Equal([7, 6, 5], await NumbersAsync(backups));
        Assert.Equal(3, await CountAsync("story-backup-parts"));
        Assert.Equal("5", (await backups.ReadAsync("s", 5, Token))!.Passages[0].Body);
        Assert.Null(await backups.ReadAsync("s", 4, Token));
    }

    [Fact]
    public async Task Backups_are_rotated_by_age_to_the_tick_and_the_newest_stays()
    {
        var backups = New(options => options.KeptFor = TimeSpan.FromDays(1));
        _ = await SaveAsync("1");
        _ = await backups.CreateAsync("s", Token);
        clock.Advance(TimeSpan.FromHours(1));
        _ = await backups.CreateAsync("s", Token);

        clock.Advance(TimeSpan.FromHours(23));
        var early = await backups.PruneAsync("s", Token);
        clock.Advance(Tick);
        var late = await backups.PruneAsync(cancellationToken: Token);
        clock.Advance(TimeSpan.FromDays(365));
        var never = await backups.PruneAsync(cancellationToken: Token);

        Assert.Equal((0, 1, 0), (early, late, never));
        Assert.Equal([2], await NumbersAsync(backups));
    }

    [Fact]
    public async Task Before_a_save_a_backup_is_taken_once_an_interval_and_never_twice_of_the_same()
    {
        var backups = New(options => options.Interval = TimeSpan.FromMinutes(5));
        var first = await SaveAsync("1");
        Assert.NotNull(await backups.CreateIfDueAsync(first, Token));
        var second = await SaveAsync("2");

        clock.Advance(TimeSpan.FromMinutes(5) - Tick);
        Assert.Null(await backups.CreateIfDueAsync(second, Token));
        clock.Advance(Tick);
        Assert.NotNull(await backups.CreateIfDueAsync(second, Token));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await backups.CreateIfDueAsync(second, Token));
        clock.SetUtcNow(DateTimeOffset.UnixEpoch);
        Assert.NotNull(await backups.CreateIfDueAsync(await SaveAsync("3"), Token));
    }

    [Fact]
    public async Task The_backup_that_is_restored_outlives_the_one_taken_before()
    {
        var backups = New(options => options.KeptMax = 1);
        _ = await SaveAsync("old");
        var old = await backups.CreateAsync("s", Token);
        _ = await SaveAsync("new");

        _ = await backups.RestoreAsync("s", old!.Number, Token);

        Assert.Equal([2, 1], await NumbersAsync(backups));
        Assert.Equal("old", (await library.LoadAsync("s", cancellationToken: Token))!.Story.Passages[0].Body);
        Assert.Equal("new", (await backups.ReadAsync("s", 2, Token))!.Passages[0].Body);
    }

    [Fact]
    public async Task Stories_whose_ids_look_alike_keep_their_backups_apart()
    {
        var backups = New();
        foreach (var id in new[] { "s", "s/1", "S", "../s", "日本語", new string('x', 900) })
        {
            _ = await library.SaveAsync(Make.Story(Make.Passage("Start", id)) with { Id = id }, null, Token);
            _ = await backups.CreateAsync(id, Token);
            _ = await backups.CreateAsync(id, Token);
        }

        var all = await backups.ListAsync(cancellationToken: Token).ToListAsync(Token);

        Assert.Equal(12, all.Count);
        foreach (var backup in all)
        {
            Assert.Equal(
                backup.StoryId, (await backups.ReadAsync(backup.StoryId, backup.Number, Token))!.Passages[0].Body);
        }

        Assert.Equal(6, Directory.GetDirectories(Path.Combine(folder, "copies")).Length);
    }

    [Fact]
    public async Task A_folder_holds_them_as_files_that_can_be_read_and_is_rotated_too()
    {
        var backups = New(options => options.KeptMax = 2);
        for (var i = 1; i <= 4; i++)
        {
            _ = await SaveAsync($"{i}");
            _ = await backups.CreateAsync("s", Token);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        var files = Directory.GetFiles(Path.Combine(folder, "copies"), "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(2, files.Length);
        for (var i = 0; i < files.Length; i++)
        {
            // Each is an export, which puts the story back.
            _ = await library.ImportAsync(await File.ReadAllBytesAsync(files[i], Token), "copy.json", Token);
            Assert.Equal($"{i + 3}", (await library.LoadAsync("s", cancellationToken: Token))!.Story.Passages[0].Body);
        }
    }

    [Fact]
    public async Task What_a_killed_process_has_left_of_a_file_is_deleted_once_it_is_old()
    {
        var backups = New();
        _ = await SaveAsync("1");
        _ = await backups.CreateAsync("s", Token);
        var first = Assert.Single(Directory.GetFiles(Path.Combine(folder, "copies"), "*", SearchOption.AllDirectories));
        var part = first.Replace("-0000000001", "-0000000009", StringComparison.Ordinal) + ".part";
        await File.WriteAllTextAsync(part, "half", Token);

        clock.Advance(TimeSpan.FromHours(1));
        _ = await SaveAsync("2");
        _ = await backups.CreateAsync("s", Token);
        var wasKept = File.Exists(part);
        clock.Advance(Tick);
        _ = await SaveAsync("3");
        _ = await backups.CreateAsync("s", Token);

        Assert.True(wasKept);
        Assert.False(File.Exists(part));
        Assert.True(File.Exists(first));
    }

    [Fact]
    public async Task A_backup_of_several_commits_is_whole_or_not_seen_and_what_was_cut_off_is_swept()
    {
        // The limits are small, so that a small story is large.
        var tight = new TightStore(store);
        await using var small = new Storage(tight);
        var backups = new StoryBackups(small, library, new StoryBackupOptions { Clock = clock });
        var body = string.Concat(Enumerable.Repeat("0123456789abcde\n", 400));
        var passages = Enumerable.Range(0, 8).Select(i => Make.Passage($"{i}", body)).ToArray();
        _ = await library.SaveAsync(Make.Story(passages) with { Id = "s" }, null, Token);
        StoryBackup? whole = null;
        var cuts = 0;
        for (; whole is null; cuts++)
        {
            store.FailAfter(cuts);
            _ = await Record.ExceptionAsync(async () => whole = await backups.CreateAsync("s", Token));
            store.FailAfter(int.MaxValue);
            Assert.Equal(whole is null ? [] : [whole.Number], await NumbersAsync(backups));
        }

        var parts = await CountAsync("story-backup-parts");
        clock.Advance(TimeSpan.FromHours(1) + Tick);
        _ = await backups.PruneAsync("s", Token);

        Assert.InRange(cuts, 4, 30);
        Assert.Equal(body, (await backups.ReadAsync("s", whole.Number, Token))!.Passages[7].Body);
        Assert.Equal(1, await CountAsync("story-backups"));
        Assert.InRange(await CountAsync("story-backup-parts"), 2, parts - 1);
    }

    [Fact]
    public async Task A_damaged_backup_is_refused_and_the_story_stays_as_it_is()
    {
        var backups = New();
        _ = await SaveAsync("good");
        var backup = await backups.CreateAsync("s", Token);
        var key = new RecordKey("story-backup-parts", "=s/1/0");
        var part = (await store.ReadAsync(key, default, Token))[0]!.Value.ToArray();
        part[^3] ^= 1;
        _ = await store.CommitAsync(new Commit(new PutOperation(key, part)), Token);
        var changed = await Assert.ThrowsAsync<StoreException>(
            async () => await backups.RestoreAsync("s", backup!.Number, Token));
        _ = await store.CommitAsync(new Commit(new DeleteOperation(key)), Token);
        var missing = await Assert.ThrowsAsync<StoreException>(
            async () => await backups.ReadAsync("s", backup!.Number, Token));

        Assert.Equal(
            "Cannot read backup 1 of 's': its bytes are not those that were written. Restore another one.",
            changed.Message);
        Assert.Contains("part 1 of 1 is missing", missing.Message, StringComparison.Ordinal);
        Assert.Equal(StoreErrorKind.Corrupt, missing.Kind);
        Assert.Equal("good", (await library.LoadAsync("s", cancellationToken: Token))!.Story.Passages[0].Body);
        Assert.Equal([1], await NumbersAsync(backups));
    }

    private StoryBackups New(Action<StoryBackupOptions>? configure = null)
    {
        var options = new StoryBackupOptions { Clock = clock, Directory = Path.Combine(folder, "copies") };
        configure?.Invoke(options);
        return new StoryBackups(storage, library, options);
    }

    private ValueTask<StoredStory> SaveAsync(string body) =>
        library.SaveAsync(Make.Story(Make.Passage("Start", body)) with { Id = "s" }, null, Token);

    private static async Task<IReadOnlyList<long>> NumbersAsync(StoryBackups backups) =>
        await backups.ListAsync("s", Token).Select(backup => backup.Number).ToListAsync(Token);

    private async Task<int> CountAsync(string collection)
    {
        var request = new ScanRequest { Collection = collection, Limit = 1000, Detail = RecordDetail.Keys };
        return (await store.ScanAsync(request, Token)).Items.Count;
    }

    private sealed class TightStore(IStore inner) : DelegatingStore(inner)
    {
        public override StoreInfo Info => base.Info with
        {
            Limits = base.Info.Limits with { ValueBytesMax = 16 * 1024, CommitBytesMax = 64 * 1024 },
        };

        [SuppressMessage("Usage", "CA2215", Justification = "The test's own storage disposes what is below.")]
        public override ValueTask DisposeAsync() => default;
    }

    public sealed class OnMemory : StoryBackupsTests
    {
        protected override string Address(string folder) => "memory:";
    }

    public sealed class OnSqlite : StoryBackupsTests
    {
        protected override string Address(string folder) => "sqlite:" + Path.Combine(folder, "stories.db");
    }

    public sealed class OnFiles : StoryBackupsTests
    {
        protected override string Address(string folder) => "file:" + Path.Combine(folder, "stories");
    }
}
