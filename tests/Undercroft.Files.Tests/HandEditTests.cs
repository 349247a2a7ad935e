using System.Globalization;
using static Undercroft.Files.Tests.StoreFolder;

namespace Undercroft.Files.Tests;

/// <summary>What people do to the files becomes commits; what looks like an accident does not.</summary>
public sealed class HandEditTests : IAsyncLifetime
{
    private readonly StoreFolder folder = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => folder.DisposeAsync();

    [Fact]
    public async Task Documents_are_readable_files_with_exactly_the_bytes_written()
    {
        await using (var store = await folder.OpenAsync())
        {
            _ = await PutAsync(store, "Cave/1", "{ \"title\": \"é\" }\n");
            _ = await PutAsync(store, "raw", "no json");
        }

        var json = await File.ReadAllTextAsync(folder.PathOf("stories", "+cave%2f1.json"), Cancel);
        var raw = await File.ReadAllTextAsync(folder.PathOf("stories", "raw.bin"), Cancel);
        Assert.Equal(("{ \"title\": \"é\" }\n", "no json"), (json, raw));
    }

    [Fact]
    public async Task A_value_that_turns_from_JSON_to_bytes_leaves_one_file()
    {
        await using (var store = await folder.OpenAsync())
        {
            _ = await PutAsync(store, "a", "1");
            _ = await FlushAsync(store);
            _ = await PutAsync(store, "a", "one");
        }

        Assert.Equal(["a.bin"], folder.FilesOf("stories"));
    }

    [Fact]
    public async Task An_edit_between_two_runs_is_a_commit_at_the_next_opening()
    {
        await using (var first = await folder.OpenAsync())
        {
            _ = await PutAsync(first, "a", "1");
        }

        folder.Edit("22", "stories", "a.json");
        await using var store = await folder.OpenAsync();

        var found = await ReadAsync(store, "a");
        Assert.Equal(("22", new Revision(2), FileStore.HandOrigin), (Text(found), found!.Revision, found.Origin));
        Assert.Equal("i", Assert.Single(found.Entries).Index);
    }

    [Fact]
    public async Task An_edit_while_the_store_is_open_is_in_the_feed_after_a_rescan()
    {
        await using var store = await folder.OpenAsync();
        _ = await PutAsync(store, "a", "1");
        _ = await PutAsync(store, "b", "1");
        _ = await FlushAsync(store);
        var before = await store.ChangesAsync(new ChangesRequest(), Cancel);

        folder.Edit("22", "stories", "a.json");
        File.Delete(folder.PathOf("stories", "b.json"));
        folder.Edit("3", "stories", "Dropped In.json");
        folder.Edit("4", "others", "c.bin");
        var report = await store.RescanAsync(cancellationToken: Cancel);

        Assert.Equal((1, 2, 1), (report.Edited, report.Added, report.Deleted));
        var after = await store.ChangesAsync(new ChangesRequest { After = before.Next }, Cancel);
        Assert.Equal(
            ["others/c False", "stories/Dropped In False", "stories/a False", "stories/b True"],
            after.Changes.Select(static change => $"{change.Key} {change.IsDeleted}"));
        _ = await FlushAsync(store);
        Assert.Equal(["+dropped +in.json", "a.json"], folder.FilesOf("stories"));
        var verified = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);
        Assert.Empty(verified.Problems);
    }

    [Theory]
    [InlineData("{\"a\": 2, \"edited\": true}", 0)]
    [InlineData("{\"a\": ", 1)]
    public async Task An_edit_that_nobody_has_taken_in_yet_is_no_damage(string edit, int remarks)
    {
        await using var store = await folder.OpenAsync();
        _ = await PutAsync(store, "a", "1");
        _ = await FlushAsync(store);

        folder.Edit(edit, "stories", "a.json");
        var verified = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);

        Assert.Empty(verified.Problems);
        Assert.Equal(remarks, verified.Remarks.Count);
    }

    [Fact]
    public async Task An_edit_that_is_no_JSON_is_a_remark_and_no_damage()
    {
        await using var store = await folder.OpenAsync();
        _ = await PutAsync(store, "a", "1");
        _ = await PutAsync(store, "b", "1");
        _ = await FlushAsync(store);

        folder.Edit("{\"a\": ", "stories", "a.json");
        _ = await store.RescanAsync(cancellationToken: Cancel);
        _ = await FlushAsync(store);
        var verified = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);

        Assert.Empty(verified.Problems);
        Assert.EndsWith(
            ", the file of 'stories/a', was edited by hand and is no JSON document. Mend it, or delete it.",
            Assert.Single(verified.Remarks),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_of_an_edited_file_brings_the_edit()
    {
        await using var store = await folder.OpenAsync(static options => options.CacheBytesMax = 0);
        _ = await PutAsync(store, "a", "1");
        _ = await FlushAsync(store);

        folder.Edit("22", "stories", "a.json");

        Assert.Equal("22", Text(await ReadAsync(store, "a")));
        Assert.Equal(new Revision(2), (await ReadAsync(store, "a"))!.Revision);
    }

    [Fact]
    public async Task An_edit_in_the_way_of_a_commit_that_is_on_its_way_to_the_file_wins_and_is_a_commit_of_its_own()
    {
        await using var store = await folder.OpenAsync(static options => options.TreeDelay = TimeSpan.FromMinutes(1));
        _ = await PutAsync(store, "a", "1");
        _ = await FlushAsync(store);
        _ = await PutAsync(store, "a", "333");

        folder.Edit("22", "stories", "a.json");
        _ = await FlushAsync(store);

        var found = await ReadAsync(store, "a");
        Assert.Equal(("22", new Revision(3)), (Text(found), found!.Revision));
    }

    [Fact]
    public async Task Bytes_that_changed_without_a_new_time_are_damage_and_not_an_edit()
    {
        await using var store = await folder.OpenAsync(static options => options.CacheBytesMax = 0);
        _ = await PutAsync(store, "a", "1");
        _ = await FlushAsync(store);
        var path = folder.PathOf("stories", "a.json");
        var time = File.GetLastWriteTimeUtc(path);
        await File.WriteAllTextAsync(path, "2", Cancel);
        File.SetLastWriteTimeUtc(path, time);

        var error = await Assert.ThrowsAsync<StoreException>(() => ReadAsync(store, "a"));

        Assert.Equal(StoreErrorKind.Corrupt, error.Kind);
        Assert.Contains("a.json", error.Message, StringComparison.Ordinal);
        var verified = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);
        Assert.Contains("damaged", Assert.Single(verified.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_stays_what_it_was_opened_as_whatever_becomes_of_the_settings()
    {
        FileStoreOptions? settings = null;
        await using var store = await folder.OpenAsync(options => (settings = options).DeletionsMax = 3);
        for (var i = 0; i < 20; i++)
        {
            _ = await PutAsync(store, i.ToString(CultureInfo.InvariantCulture), "1");
        }

        _ = await FlushAsync(store);
        settings!.DeletionsMax = 100;
        for (var i = 0; i < 4; i++)
        {
            File.Delete(folder.PathOf("stories", $"{i}.json"));
        }

        Assert.Equal(4, (await store.RescanAsync(cancellationToken: Cancel)).DeletionsRefused);
    }

    [Fact]
    public async Task Many_files_missing_at_once_are_an_accident_until_somebody_says_otherwise()
    {
        await using var store = await folder.OpenAsync(static options => options.DeletionsMax = 3);
        for (var i = 0; i < 20; i++)
        {
            _ = await PutAsync(store, i.ToString(CultureInfo.InvariantCulture), "1");
        }

        _ = await FlushAsync(store);
        for (var i = 0; i < 4; i++)
        {
            File.Delete(folder.PathOf("stories", $"{i}.json"));
        }

        var refused = await store.RescanAsync(cancellationToken: Cancel);
        Assert.Equal((0, 4), (refused.Deleted, refused.DeletionsRefused));
        Assert.Contains("4 of 20", Assert.Single(store.Notices), StringComparison.Ordinal);
        var keys = new ScanRequest { Collection = "stories", Detail = RecordDetail.Keys };
        Assert.Equal(20, (await store.ScanAsync(keys, Cancel)).Items.Count);

        var taken = await store.RescanAsync(acceptDeletions: true, Cancel);
        Assert.Equal((4, 0), (taken.Deleted, taken.DeletionsRefused));
        Assert.Equal(16, (await store.ScanAsync(new ScanRequest { Collection = "stories" }, Cancel)).Items.Count);
    }

    [Fact]
    public async Task What_is_not_the_stores_is_told_and_left_alone()
    {
        await using var store = await folder.OpenAsync();
        _ = await PutAsync(store, "a", "1");
        _ = await FlushAsync(store);
        folder.Edit("x", "stories", "notes.txt");
        folder.Edit("x", "stories", "bad%zz.json");
        folder.Edit("x", "stories", "a.bin");
        folder.Edit("x", "README.md");

        var report = await store.RescanAsync(cancellationToken: Cancel);

        Assert.Equal(3, report.LeftAlone.Count);
        Assert.Equal((0, 0, 0), (report.Edited, report.Added, report.Deleted));
        Assert.Equal(["a.bin", "a.json", "bad%zz.json", "notes.txt"], folder.FilesOf("stories"));
    }

    [Fact]
    public async Task A_json_file_that_is_no_JSON_is_taken_as_it_is_and_told()
    {
        await using var store = await folder.OpenAsync();
        _ = await PutAsync(store, "a", "1");
        _ = await FlushAsync(store);

        folder.Edit("{ \"half", "stories", "a.json");
        _ = await store.RescanAsync(cancellationToken: Cancel);

        Assert.Equal("{ \"half", Text(await ReadAsync(store, "a")));
        Assert.Contains("no JSON", Assert.Single(store.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_index_is_built_anew_from_the_files_in_a_new_epoch()
    {
        Guid epoch;
        await using (var first = await folder.OpenAsync())
        {
            epoch = first.Info.Epoch;
            _ = await PutAsync(first, "A", "1");
            _ = await PutAsync(first, "b", "2");
        }

        Directory.Delete(folder.PathOf(".undercroft"), recursive: true);
        await Assert.ThrowsAsync<StoreException>(() => folder.OpenAsync());
        await using var store = await folder.OpenAsync(static options => options.AdoptExisting = true);

        Assert.NotEqual(epoch, store.Info.Epoch);
        Assert.Equal(("1", "2"), (Text(await ReadAsync(store, "A")), Text(await ReadAsync(store, "b"))));
        Assert.Empty((await ReadAsync(store, "b"))!.Entries);
    }

    [Theory]
    [InlineData("head")]
    [InlineData("index-00000001")]
    public async Task With_a_part_of_the_index_lost_revisions_are_not_used_again(string lost)
    {
        Guid epoch;
        await using (var first = await folder.OpenAsync())
        {
            epoch = first.Info.Epoch;
            _ = await PutAsync(first, "a", "1");
        }

        File.Delete(folder.PathOf(".undercroft", lost));
        await using (var store = await folder.OpenAsync())
        {
            Assert.NotEqual(epoch, store.Info.Epoch);
            Assert.True((await ReadAsync(store, "a"))!.Revision.Value > 1_000_000_000);
            Assert.Contains("new epoch", Assert.Single(store.Notices), StringComparison.Ordinal);
        }

        await using var again = await folder.OpenAsync();
        Assert.Equal("1", Text(await ReadAsync(again, "a")));
        Assert.Empty(again.Notices);
    }
}
