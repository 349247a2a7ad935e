namespace Undercroft.Cli.Tests;

public sealed class BenchCommandTests : CliFixture
{
    [Fact]
    public async Task A_person_sees_each_figure_and_the_conditions()
    {
        var bench = (await RunAsync("bench", "--seconds", "0.01", "--documents", "1000", "--store", "memory:"))
            .MustSucceed();

        var lines = bench.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^What +Per second +Median +99 %$", lines[0]);
        Assert.Equal(Bench.BenchRun.FiguresCount + 2, lines.Length);
        Assert.StartsWith(
            "Store memory, durability memory, 1,000 documents of 512 B, 0.01 s each, ",
            lines[^1],
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("undercroft: --seconds must be positive.", "--seconds", "0")]
    [InlineData("undercroft: --documents must be 1000 to 1000000.", "--documents", "1")]
    [InlineData("undercroft: --size must be 0 to 1000000.", "--size", "-1")]
    public async Task A_measurement_that_makes_no_sense_is_refused(string error, params string[] arguments)
    {
        var bench = await RunAsync(["bench", "--store", "memory:", .. arguments]);

        bench.MustFail(2, error);
    }

    [Fact]
    public async Task A_store_without_a_place_beside_it_is_left_alone()
    {
        var bench = await RunAsync("bench");

        bench.MustFail(
            2,
            "undercroft: There is no place for a new store beside 'test:'; expected memory:, sqlite:, file:, "
            + "postgres: or redis:. Name one by --store.");
    }
}
