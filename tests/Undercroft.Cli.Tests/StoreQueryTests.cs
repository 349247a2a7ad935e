namespace Undercroft.Cli.Tests;

public sealed class StoreQueryTests : CliFixture
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    [Fact]
    public async Task A_filter_and_an_order_give_pages_that_go_on_from_their_cursor()
    {
        await FillAsync();

        var first = (await QueryAsync("""{"n": {"gt": 1}}""", "--order=-n", "--limit", "2", "--json")).Json();
        var next = first.GetProperty("next").GetString()!;
        var second = (await QueryAsync(
            """{"n": {"gt": 1}}""", "--order", "-n", "--limit", "2", "--cursor", next, "--json")).Json();

        Assert.Equal(["5", "4"], Ids(first));
        Assert.Equal(["3", "2"], Ids(second));
        Assert.Equal("""{"n":5}""", first.GetProperty("items")[0].GetProperty("value").GetRawText());
    }

    [Fact]
    public async Task A_person_sees_a_table_and_where_to_go_on()
    {
        await FillAsync();

        var all = await QueryAsync("""{"n": 3}""");
        var page = await QueryAsync("--limit", "1", "--order", "n");

        Assert.Equal("Id  Document\n3   {\"n\":3}\n", all.Out);
        Assert.Equal("1 document.\n", all.Error);
        Assert.StartsWith("1 document; go on with --cursor ", page.Error, Ordinal);
    }

    [Fact]
    public async Task A_count_and_a_plan_do_not_bring_documents()
    {
        await FillAsync();

        var count = await QueryAsync("""{"n": {"lte": 2}}""", "--count", "--json");
        var plan = await QueryAsync("""{"n": 3}""", "--explain");
        var json = await QueryAsync("""{"n": 3}""", "--explain", "--json");

        Assert.Equal("{\"count\":2}\n", count.Out);
        Assert.Contains("a full scan", plan.Out, Ordinal);
        Assert.Contains("Declare an index over \"n\".", plan.Out, Ordinal);
        Assert.False(json.Json().GetProperty("isServedByIndex").GetBoolean());
        Assert.Equal("FullScan", json.Json().GetProperty("plan").GetProperty("access").GetString());
    }

    [Fact]
    public async Task A_query_that_needs_an_index_and_has_none_is_refused()
    {
        await FillAsync();

        var query = await RunAsync("store", "query", "numbers", """{"n": 3}""", "--require-index");

        Assert.Equal(1, query.Code);
        Assert.Equal("", query.Out);
        Assert.Equal(1, query.Error.Count(static c => c == '\n'));
    }

    [Theory]
    [InlineData("{\"n\": {\"over\": 3}}")]
    [InlineData("{\"n\": ")]
    [InlineData("n=3")]
    public async Task A_filter_that_is_none_is_one_sentence(string filter)
    {
        await FillAsync();

        var query = await RunAsync("store", "query", "numbers", filter);

        Assert.Equal(2, query.Code);
        Assert.Equal(1, query.Error.Count(static c => c == '\n'));
        Assert.DoesNotContain("Parameter '", query.Error, Ordinal);
    }

    [Fact]
    public async Task What_is_no_JSON_is_shown_as_the_text_it_is_and_in_JSON_as_its_bytes()
    {
        await FillAsync();
        var spoiled = new PutOperation(new RecordKey("numbers", "0"), "{bad\u001b"u8.ToArray());
        _ = await KeepOpen().CommitAsync(new Commit([spoiled]), TestContext.Current.CancellationToken);

        var text = await QueryAsync("--limit", "1");
        var json = (await QueryAsync("--limit", "1", "--json")).Json().GetProperty("items")[0];

        Assert.Equal("Id  Document\n0   {bad\\u001b\n", text.Out);
        Assert.Equal("{bad\u001b"u8.ToArray(), json.GetProperty("valueBase64").GetBytesFromBase64());
        Assert.False(json.TryGetProperty("value", out _));
    }

    private async Task<CliResult> QueryAsync(params string[] arguments) =>
        (await RunAsync(["store", "query", "numbers", .. arguments])).MustSucceed();

    private async Task FillAsync()
    {
        for (var n = 1; n <= 5; n++)
        {
            _ = (await RunAsync("store", "put", "numbers", $"{n}", $"{{\"n\": {n}}}")).MustSucceed();
        }
    }

    private static IEnumerable<string> Ids(System.Text.Json.JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(static item => item.GetProperty("id").GetString()!);
}
