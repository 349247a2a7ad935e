using System.Text.Json;

namespace Undercroft.Cli.Tests;

public sealed class StoreMigrateTests : CliFixture
{
    private const string Steps = """
        {
          "baseline": "1",
          "steps": [
            {"from": "1", "to": "2", "changes": [{"rename": "name", "to": "title"}]},
            {"from": "2", "to": "3", "changes": [{"convert": "score", "from": "text", "to": "number"}]}
          ]
        }
        """;

    [Fact]
    public async Task A_collection_is_tried_migrated_and_taken_back()
    {
        await PutAsync("a", """{"name":"A","score":"7"}""");
        await PutAsync("b", """{"name":"B","score":"8"}""");

        var tried = (await MigrateAsync("--to", "3", "--dry-run")).MustSucceed().Out;
        Assert.Contains("1 → 2 → 3", tried, StringComparison.Ordinal);
        Assert.Contains("""~ score: "7" → 7""", tried, StringComparison.Ordinal);
        Assert.Contains("2 documents would be rewritten to version 3", tried, StringComparison.Ordinal);

        var migrated = (await MigrateAsync("--to", "3")).MustSucceed();
        Assert.Contains("2 documents of 2 rewritten to version 3", migrated.Out, StringComparison.Ordinal);
        Assert.Equal("""{"title":"A","score":7}""", (await GetAsync("a")).Trim());

        var taken = (await MigrateAsync("--rollback", "--json")).MustSucceed().Out;
        Assert.Equal(2, JsonDocument.Parse(taken).RootElement.GetProperty("restored").GetInt32());
        Assert.Equal("""{"name":"A","score":"7"}""", (await GetAsync("a")).Trim());
        Assert.Contains("rolledBack", (await MigrateAsync("--history")).MustSucceed().Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_at_a_document_that_fails_and_goes_on_when_that_is_mended()
    {
        await PutAsync("a", """{"name":"A","score":"7"}""");
        await PutAsync("b", """{"name":"B","score":"many"}""");

        var stopped = await MigrateAsync();
        Assert.Equal(1, stopped.Code);
        Assert.Contains("is stopped", stopped.Out, StringComparison.Ordinal);
        Assert.Contains(
            "b: The document 'notes/b' cannot be brought from version 1 to 3", stopped.Out, StringComparison.Ordinal);

        var went = await MigrateAsync("--continue", "--json");
        var run = JsonDocument.Parse(went.Out).RootElement;
        Assert.Equal((1, 1, 1, "completed"), (
            went.Code, run.GetProperty("rewritten").GetInt32(), run.GetProperty("failed").GetInt32(),
            run.GetProperty("state").GetString()));
        Assert.Equal("""{"name":"B","score":"many"}""", (await GetAsync("b")).Trim());
    }

    [Fact]
    public async Task Originals_are_forgotten_when_that_is_asked_for()
    {
        await PutAsync("a", """{"name":"A","score":"7"}""");
        await MigrateAsync();

        Assert.Equal("1 original forgotten.\n", (await MigrateAsync("--forget-originals", "0s")).MustSucceed().Out);
        Assert.Contains("no originals", (await MigrateAsync("--rollback")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("--dry-run")]
    public async Task A_collection_without_documents_is_noted_with_those_there_are(string? option)
    {
        await PutAsync("a", """{"name":"A","score":"7"}""");
        await File.WriteAllTextAsync(PathOf("steps.json"), Steps, TestContext.Current.CancellationToken);

        string[] command = ["store", "migrate", "noets", PathOf("steps.json")];
        var run = await RunAsync([.. command, .. option is null ? [] : new[] { option }]);

        Assert.Equal("The collection 'noets' has no documents. There are some in 'notes'.\n", run.MustSucceed().Error);
    }

    [Theory]
    [InlineData("--to", "9", "There is no step for the version '9'")]
    [InlineData("--rollback", "--changed=all", "expected keep, take-down or overwrite")]
    [InlineData("--dry-run", "--rollback", "exclude each other")]
    [InlineData("--changed", "overwrite", "give --rollback too")]
    public async Task What_makes_no_sense_is_refused(string first, string second, string message)
    {
        await PutAsync("a", "{}");

        var refused = await MigrateAsync(first, second);

        Assert.Equal(2, refused.Code);
        Assert.Contains(message, refused.Error, StringComparison.Ordinal);
    }

    private async Task<CliResult> MigrateAsync(params string[] options)
    {
        await File.WriteAllTextAsync(PathOf("steps.json"), Steps, TestContext.Current.CancellationToken);
        return await RunAsync(["store", "migrate", "notes", PathOf("steps.json"), .. options]);
    }

    private async Task PutAsync(string id, string json) =>
        (await RunAsync("store", "put", "notes", id, json)).MustSucceed();

    private async Task<string> GetAsync(string id) => (await RunAsync("store", "get", "notes", id)).MustSucceed().Out;
}
