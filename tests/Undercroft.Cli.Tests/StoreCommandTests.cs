using System.Globalization;
using System.Text.Json;

namespace Undercroft.Cli.Tests;

public sealed class StoreCommandTests : CliFixture
{
    [Fact]
    public async Task A_document_is_written_read_back_byte_for_byte_and_deleted()
    {
        const string Document = "{ \"b\": 1.50, \"a\" : [\"Zoë\"] }";

        var put = await RunAsync("store", "put", "things", "cave/1", Document);
        var got = await RunAsync("store", "get", "things", "cave/1");
        var deleted = await RunAsync("store", "delete", "things", "cave/1");
        var gone = await RunAsync("store", "get", "things", "cave/1");

        Assert.Equal("things/cave/1 is at r1.\n", put.MustSucceed().Out);
        Assert.Equal(Document, got.MustSucceed().Out);
        Assert.Equal("things/cave/1 is deleted.\n", deleted.MustSucceed().Out);
        gone.MustFail(
            3,
            "undercroft: There is no document 'cave/1' in the collection 'things'. See what there is with "
            + "'undercroft store stats' and 'undercroft store query'.");
    }

    [Fact]
    public async Task Json_shows_the_document_with_its_revision_times_and_tags()
    {
        var put = await RunAsync(
            "store", "put", "things", "x", """{"n":1e2}""", "--tag", "red", "--tag", "blue", "--json");
        var got = await RunAsync("store", "get", "things", "x", "--json");

        Assert.Equal("things", put.MustSucceed().Json().GetProperty("collection").GetString());
        Assert.Equal(1, put.Json().GetProperty("revision").GetInt64());
        var json = got.MustSucceed().Json();
        Assert.Equal("""{"n":1e2}""", json.GetProperty("value").GetRawText());
        Assert.Equal(1, json.GetProperty("revision").GetInt64());
        Assert.Equal(JsonValueKind.String, json.GetProperty("createdAt").ValueKind);
        Assert.Equal("""["blue","red"]""", json.GetProperty("tags").GetRawText());
        Assert.False(json.TryGetProperty("meta", out _));
        var found = (await RunAsync("store", "query", "things", "--json")).MustSucceed().Json();
        Assert.Equal("""["blue","red"]""", found.GetProperty("items")[0].GetProperty("tags").GetRawText());
        var change = (await RunAsync("store", "watch", "--once", "--json")).MustSucceed().Json();
        Assert.Equal("""["blue","red"]""", change.GetProperty("tags").GetRawText());
    }

    [Fact]
    public async Task A_document_with_half_a_character_is_shown_as_it_is()
    {
        const string Document = "{ \"a\" : [ \"x\\ud800\", {\"\\uDC00\":null, \"b\":-1.50}, [], {} ],\n \"é\":true}";
        const string Compact = "{\"a\":[\"x\\ud800\",{\"\\uDC00\":null,\"b\":-1.50},[],{}],\"é\":true}";
        (await RunAsync("store", "put", "c", "half", Document)).MustSucceed();
        (await RunAsync("store", "put", "c", "whole", "{\"a\":\"\\ud83d\\ude00\"}")).MustSucceed();

        var got = (await RunAsync("store", "get", "c", "half", "--json")).MustSucceed();
        var found = (await RunAsync("store", "query", "c", "--json", "--order", "-a")).MustSucceed();
        var table = (await RunAsync("store", "query", "c", "--order", "$id")).MustSucceed();
        var watched = (await RunAsync("store", "watch", "c", "--once", "--json", "--values")).MustSucceed();

        Assert.Contains($"\"value\":{Compact}", got.Out, StringComparison.Ordinal);
        Assert.Contains($"\"value\":{Compact}", found.Out, StringComparison.Ordinal);
        Assert.Contains(Compact, table.Out, StringComparison.Ordinal);
        Assert.Contains($"\"value\":{Compact}", watched.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_that_nobody_declares_any_more_is_listed_and_dropped()
    {
        await using (var storage = new Storage(KeepOpen()))
        {
            var notes = new CollectionDefinition<RawJson>("notes", RawJson.Codec);
            await storage.PrepareAsync(
                notes.WithUnique("byText", "text").WithIndex("byTime", "-at:time"),
                TestContext.Current.CancellationToken);
        }

        _ = (await RunAsync("store", "put", "notes", "a", "{\"text\":\"x\"}")).MustSucceed();
        var taken = await RunAsync("store", "put", "notes", "b", "{\"text\":\"x\"}");
        var listed = (await RunAsync("store", "indexes", "list", "notes")).MustSucceed();
        var dropped = (await RunAsync("store", "indexes", "drop", "notes", "byText")).MustSucceed();
        _ = (await RunAsync("store", "put", "notes", "b", "{\"text\":\"x\"}")).MustSucceed();
        var left = (await RunAsync("store", "indexes", "list", "notes", "--json")).MustSucceed();

        Assert.NotEqual(0, taken.Code);
        Assert.Equal("Index   Fields    Unique\nbyText  text      yes\nbyTime  -at:time\n", listed.Out);
        Assert.Equal("unique byText(text) of notes is dropped.\n", dropped.Out);
        Assert.Equal("{\"name\":\"byTime\",\"fields\":[\"-at:time\"],\"isUnique\":false}\n", left.Out);
        (await RunAsync("store", "indexes", "drop", "notes", "byText")).MustFail(
            3,
            "undercroft: There is no index 'byText' of the collection 'notes'. See what there is with "
            + "'undercroft store indexes list'.");
    }

    [Fact]
    public async Task An_expiry_stays_until_it_is_taken_away()
    {
        _ = (await RunAsync("store", "put", "c", "x", "1", "--ttl", "7d")).MustSucceed();
        var before = await RunAsync("store", "get", "c", "x", "--json");
        _ = (await RunAsync("store", "put", "c", "x", "2")).MustSucceed();
        var kept = await RunAsync("store", "get", "c", "x", "--json");
        _ = (await RunAsync("store", "put", "c", "x", "3", "--ttl", "never")).MustSucceed();
        var freed = await RunAsync("store", "get", "c", "x", "--json");

        var first = before.Json().GetProperty("expiresAt");
        Assert.Equal(JsonValueKind.String, first.ValueKind);
        Assert.Equal(first.ToString(), kept.Json().GetProperty("expiresAt").ToString());
        Assert.False(freed.Json().TryGetProperty("expiresAt", out var left) && left.ValueKind == JsonValueKind.String);
    }

    [Fact]
    public async Task A_document_comes_from_a_pipe_a_file_or_an_argument()
    {
        await File.WriteAllTextAsync(PathOf("doc.json"), "[2]", TestContext.Current.CancellationToken);

        _ = (await RunAsync(new CliRunOptions { Input = "[1]" }, "store", "put", "c", "pipe")).MustSucceed();
        _ = (await RunAsync("store", "put", "c", "file", "--file", PathOf("doc.json"))).MustSucceed();
        _ = (await RunAsync("store", "put", "c", "argument", "[3]")).MustSucceed();

        Assert.Equal("[1]", (await RunAsync("store", "get", "c", "pipe")).Out);
        Assert.Equal("[2]", (await RunAsync("store", "get", "c", "file")).Out);
        Assert.Equal("[3]", (await RunAsync("store", "get", "c", "argument")).Out);
    }

    [Fact]
    public async Task A_revision_that_has_passed_is_a_conflict_and_writes_nothing()
    {
        _ = await RunAsync("store", "put", "c", "x", "1", "--if-revision", "0");
        _ = await RunAsync("store", "put", "c", "x", "2", "--if-revision", "r1");

        var stale = await RunAsync("store", "put", "c", "x", "3", "--if-revision", "1");
        var again = await RunAsync("store", "put", "c", "x", "3", "--if-revision", "0");
        var delete = await RunAsync("store", "delete", "c", "x", "--if-revision", "r1");

        stale.MustFail(
            4,
            "undercroft: Cannot write 'c/x' from r1: the store holds r2. Read it again, merge, and write from r2.");
        Assert.Equal(4, again.Code);
        Assert.Equal(4, delete.Code);
        Assert.Equal("2", (await RunAsync("store", "get", "c", "x")).Out);
    }

    [Theory]
    [InlineData("{\"x", "undercroft: The document is not JSON: line 1, byte 4")]
    [InlineData("", "undercroft: The document is not JSON")]
    [InlineData("1 2", "undercroft: The document is not JSON")]
    public async Task What_is_not_json_is_refused_with_its_place(string text, string error)
    {
        var put = await RunAsync("store", "put", "c", "x", text);

        Assert.StartsWith(error, put.Error, StringComparison.Ordinal);
        Assert.Equal(1, put.Error.Count(static c => c == '\n'));
        Assert.Equal(1, put.Code);
        Assert.Equal(3, (await RunAsync("store", "get", "c", "x")).Code);
    }

    [Fact]
    public async Task Undercrofts_own_collections_can_be_read_but_not_written()
    {
        var put = await RunAsync("store", "put", "$counters", "x", "1");

        Assert.Equal(2, put.Code);
        Assert.Contains("belongs to Undercroft", put.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_count_documents_bytes_and_deletions_by_collection()
    {
        _ = await RunAsync("store", "put", "a", "1", "\"12345678\"");
        _ = await RunAsync("store", "put", "a", "2", "1");
        _ = await RunAsync("store", "delete", "a", "2");

        var stats = (await RunAsync("store", "stats", "--json")).MustSucceed().Json();
        var table = (await RunAsync("store", "stats")).MustSucceed();

        var a = stats.GetProperty("collections").EnumerateArray()
            .Single(static size => size.GetProperty("collection").GetString() == "a");
        Assert.Equal(1, a.GetProperty("records").GetInt64());
        Assert.Equal(10, a.GetProperty("valueBytes").GetInt64());
        Assert.Equal(1, a.GetProperty("tombstones").GetInt64());
        Assert.Contains("Collection  Documents  Bytes  Deleted\n", table.Out, StringComparison.Ordinal);
        Assert.Contains("a                   1   10 B        1\n", table.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_once_shows_the_feed_and_goes_on_from_its_cursor()
    {
        _ = await RunAsync("store", "put", "a", "1", """{"n":1}""");
        var first = (await RunAsync("store", "watch", "--once", "--json", "--values")).MustSucceed().JsonLines();
        _ = await RunAsync("store", "put", "b", "2", "2");
        _ = await RunAsync("store", "delete", "a", "1");

        var cursor = first[^1].GetProperty("cursor").GetString()!;
        var rest = (await RunAsync("store", "watch", "--once", "--json", "--from", cursor)).MustSucceed().JsonLines();
        var named = (await RunAsync("store", "watch", "b", "--once")).MustSucceed();

        Assert.Equal("""{"n":1}""", Assert.Single(first).GetProperty("value").GetRawText());
        Assert.Equal(
            [("b", false), ("a", true)],
            rest.Select(static c => (c.GetProperty("collection").GetString()!, c.GetProperty("deleted").GetBoolean())));
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  r2  written  b/2\n$", named.Out);
        Assert.StartsWith("Go on with --from ", named.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_with_a_limit_goes_on_from_its_last_cursor_to_the_end()
    {
        for (var i = 1; i <= 5; i++)
        {
            _ = await RunAsync("store", "put", "n", i.ToString(CultureInfo.InvariantCulture), "1");
        }

        var seen = new List<string>();
        var cursor = "beginning";
        for (var rounds = 0; rounds < 3; rounds++)
        {
            var lines = (await RunAsync("store", "watch", "--once", "--json", "--limit", "2", "--from", cursor))
                .MustSucceed().JsonLines();
            seen.Add(string.Join(',', lines.Select(static line => line.GetProperty("id").GetString())));
            cursor = lines[^1].GetProperty("cursor").GetString()!;
        }

        var told = await RunAsync("store", "watch", "--once", "--limit", "4");
        var note = told.MustSucceed().Error.Trim();
        var rest = await RunAsync("store", "watch", "--once", "--json", "--from", note[(note.LastIndexOf(' ') + 1)..]);

        Assert.Equal(["1,2", "3,4", "5"], seen);
        Assert.Equal("5", Assert.Single(rest.MustSucceed().JsonLines()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Watch_with_a_limit_shows_a_commit_whole()
    {
        await using var store = KeepOpen();
        string[] ids = ["a", "b", "c"];
        _ = await store.CommitAsync(
            new Commit(ids.Select(static id => new PutOperation(new RecordKey("n", id), "1"u8.ToArray())).ToArray()),
            TestContext.Current.CancellationToken);
        _ = await RunAsync("store", "put", "n", "later", "1");

        var first = (await RunAsync("store", "watch", "--once", "--json", "--limit", "1")).MustSucceed().JsonLines();
        var cursor = first[^1].GetProperty("cursor").GetString()!;
        var rest = (await RunAsync("store", "watch", "--once", "--json", "--from", cursor)).MustSucceed();

        Assert.Equal(ids, first.Select(static line => line.GetProperty("id").GetString()));
        Assert.Equal("later", rest.Json().GetProperty("id").GetString());
    }

    [Fact]
    public async Task Watch_follows_what_is_written_after_it_began()
    {
        var watching = RunAsync("store", "watch", "--json", "--limit", "1", "--from", "now");
        for (var i = 0; !watching.IsCompleted; i++)
        {
            _ = await RunAsync("store", "put", "a", i.ToString(CultureInfo.InvariantCulture), "1");
        }

        var watched = await watching;

        Assert.Equal("a", Assert.Single(watched.MustSucceed().JsonLines()).GetProperty("collection").GetString());
    }

    [Fact]
    public async Task A_watch_that_is_interrupted_ends_with_130_and_says_where_to_go_on()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var watching = RunAsync(new CliRunOptions { Cancellation = stop.Token }, "store", "watch");

        await stop.CancelAsync();
        var watched = await watching;

        Assert.Equal(130, watched.Code);
        Assert.Equal("", watched.Out);
    }

    [Fact]
    public async Task A_damaged_cursor_is_one_sentence()
    {
        var watch = await RunAsync("store", "watch", "--once", "--from", "nonsense");

        Assert.Equal(2, watch.Code);
        Assert.Equal(1, watch.Error.Count(static c => c == '\n'));
    }

    [Fact]
    public async Task Verify_says_that_a_store_is_sound()
    {
        _ = await RunAsync("store", "put", "a", "1", "1");

        var text = await RunAsync("store", "verify");
        var json = await RunAsync("store", "verify", "--json");

        Assert.StartsWith("The store is sound: ", text.MustSucceed().Out, StringComparison.Ordinal);
        Assert.True(json.MustSucceed().Json().GetProperty("sound").GetBoolean());
    }

    [Fact]
    public async Task Compact_forgets_deletions_of_the_age_named_and_no_others()
    {
        _ = await RunAsync("store", "put", "a", "1", "1");
        _ = await RunAsync("store", "delete", "a", "1");

        var young = await RunAsync("store", "compact", "--json");
        var all = await RunAsync("store", "compact", "--older-than", "0s", "--json");

        Assert.Equal(0, young.MustSucceed().Json().GetProperty("forgotten").GetInt64());
        Assert.Equal(1, all.MustSucceed().Json().GetProperty("forgotten").GetInt64());
    }

    [Fact]
    public async Task A_store_without_a_place_cannot_be_backed_up_or_restored()
    {
        var backup = await RunAsync("store", "backup", PathOf("copy"));
        var restore = await RunAsync("store", "restore", PathOf("copy"), "--store", "memory:");

        Assert.Equal(1, backup.Code);
        Assert.Equal(2, restore.Code);
        Assert.StartsWith("undercroft: The store 'memory:' has no place", restore.Error, StringComparison.Ordinal);
    }
}
