using System.Text;

namespace Undercroft.Cli.Tests;

public sealed class MonitorsCommandTests : CliFixture
{
    private const string Plan =
        """{"name": "good", "nodes": [{"id": "w", "type": "WAIT", "duration_ms": 0}]}""";

    [Fact]
    public async Task A_plan_that_cannot_be_read_hides_no_other_and_can_be_deleted()
    {
        _ = (await ImportAsync(Encoding.UTF8.GetBytes(Plan))).MustSucceed();
        await using (var storage = new Storage(KeepOpen()))
        {
            _ = await storage.Repository(new CollectionDefinition<RawJson>("monitor-plans", RawJson.Codec)).UpsertAsync(
                "bad",
                RawJson.FromText("""{"nodes": 7}"""),
                cancellationToken: TestContext.Current.CancellationToken);
        }

        var broken = await RunAsync("monitors", "list");
        var deleted = await RunAsync("monitors", "delete", "bad");
        var whole = await RunAsync("monitors", "list");

        Assert.Equal(1, broken.Code);
        Assert.Contains("good", broken.Out, StringComparison.Ordinal);
        Assert.Contains(
            "It was passed over. Mend it, or delete it with 'undercroft monitors delete bad'.", broken.Error,
            StringComparison.Ordinal);
        Assert.Equal("Deleted 'bad'.\n", deleted.MustSucceed().Out);
        Assert.Contains("good", whole.MustSucceed().Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_with_a_mark_of_UTF8_is_read() =>
        _ = (await ImportAsync([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Plan)])).MustSucceed();

    [Theory]
    [InlineData(
        "--environment says where a plan is looked for by its name, and there is no name. Name a plan, or leave the "
        + "option out.",
        "monitors", "runs", "--environment", "x")]
    [InlineData(
        "An agent carries out what others want, and a store in memory is of one process. Name one that they reach, as "
        + "in --store sqlite:app.db; 'undercroft serve' carries runs out by itself.",
        "agent", "--store", "memory:")]
    public async Task What_would_be_ignored_is_refused(string expected, params string[] arguments) =>
        (await RunAsync(arguments)).MustFail(2, $"undercroft: {expected}");

    private async Task<CliResult> ImportAsync(byte[] plan)
    {
        var path = PathOf("plan.json");
        await File.WriteAllBytesAsync(path, plan, TestContext.Current.CancellationToken);
        return await RunAsync("monitors", "import", path);
    }
}
