using System.Text.Json.Nodes;
using Undercroft.Migrations;
using Undercroft.Testing;

namespace Undercroft.Tests.Migrations;

public sealed class MigrationChainTests
{
    [Fact]
    public void The_way_from_0_9_to_2_0_is_found_and_back()
    {
        Assert.Equal("0.9 → 1.0 → 2.0", StoryVersions.Two.FindPath("0.9", "2.0")!.ToString());
        Assert.Equal("2.0 → 1.0 → 0.9", StoryVersions.Two.FindPath("2.0", "0.9")!.ToString());
        Assert.Equal("2.0", StoryVersions.Two.Current);
    }

    [Fact]
    public void A_shorter_way_is_taken_and_of_equal_ones_the_one_that_goes_up()
    {
        var chain = new MigrationChain("1").Step("1", "2", Same, Same).Step("2", "3", Same, Same)
            .Step("1", "3", Same).Step("0", "2", Same, Same).Step("0", "3", Same, Same);

        Assert.Equal(1, chain.FindPath("1", "3")!.Length);
        Assert.Equal("2 → 3", chain.FindPath("2", "3")!.ToString());
        Assert.Equal(0, chain.FindPath("3", "3")!.Length);
    }

    [Fact]
    public async Task A_missing_step_is_one_sentence_that_names_the_gap_and_what_is_reached()
    {
        var chain = new MigrationChain("0.9").Step("0.9", "1.0", Same).Step("1.5", "2.0", Same).To("2.0");
        await using var storage = Sample.Open();
        var cancellation = TestContext.Current.CancellationToken;
        await StoryVersions.WriteOldAsync(storage, 1, cancellation);

        var error = await Assert.ThrowsAsync<StoreException>(async () => await storage
            .Repository(StoryVersions.Unversioned.WithMigrations(chain)).GetAsync("s00000", cancellation));

        Assert.Equal(
            "Cannot read 'stories/s00000': no steps lead from '0.9' to '2.0': from '0.9' one reaches 1.0, and '2.0' " +
            "is reached from 1.5. Add the step that is missing.",
            error.Message);
    }

    [Fact]
    public void Steps_that_go_round_in_a_circle_are_refused_naming_it()
    {
        var chain = new MigrationChain("1").Step("1", "2", Same).Step("2", "3", Same);

        var error = Assert.Throws<ArgumentException>(() => chain.Step("3", "1", Same));

        Assert.Contains("1 → 2 → 3", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => chain.Step("1", "2", Same));
        Assert.Throws<ArgumentException>(() => chain.Step("1", "1", Same));
    }

    [Fact]
    public void A_chain_with_two_ends_asks_which_one_is_the_programs()
    {
        var chain = new MigrationChain("1").Step("1", "2", Same).Step("1", "2b", Same);

        Assert.Throws<InvalidOperationException>(() => StoryVersions.Unversioned.WithMigrations(chain));
        Assert.Equal("2b", StoryVersions.Unversioned.WithMigrations(chain.To("2b")).Migrations!.Current);
        Assert.Throws<ArgumentException>(() => chain.To("3"));
    }

    [Fact]
    public void A_way_is_found_exactly_where_there_is_one()
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        for (var round = 0; round < 200 * TestSeed.Length; round++)
        {
            var (chain, edges) = RandomChain(random);
            var reach = Reach(edges, chain.Versions);
            foreach (var from in chain.Versions)
            {
                foreach (var to in chain.Versions)
                {
                    var path = chain.FindPath(from, to);
                    Assert.True(reach[(from, to)] == path?.Length, $"{from} → {to}. {seed}");
                    if (path is not null)
                    {
                        // Each step notes what it does: the way ends where it should, and every hop fits.
                        var walked = path.Apply(new JsonObject { ["at"] = from });
                        Assert.True(to == walked["at"]!.GetValue<string>(), seed.ToString());
                    }
                }
            }
        }
    }

    private static (MigrationChain Chain, List<(string From, string To)> Edges) RandomChain(Random random)
    {
        var size = random.Next(2, 9);
        var chain = new MigrationChain("v0");
        var edges = new List<(string, string)>();
        for (var i = random.Next(size * 2); i >= 0; i--)
        {
            // Up goes to the greater number, so that there is no circle.
            var from = random.Next(size - 1);
            var to = random.Next(from + 1, size);
            if (edges.Contains(($"v{from}", $"v{to}")))
            {
                continue;
            }

            var down = random.Next(2) == 0 ? Hop($"v{to}", $"v{from}") : null;
            chain = chain.Step($"v{from}", $"v{to}", Hop($"v{from}", $"v{to}"), down);
            edges.Add(($"v{from}", $"v{to}"));
            if (down is not null)
            {
                edges.Add(($"v{to}", $"v{from}"));
            }
        }

        return (chain, edges);
    }

    private static Func<JsonObject, JsonObject> Hop(string from, string to) => document =>
    {
        Assert.Equal(from, document["at"]!.GetValue<string>());
        document["at"] = to;
        return document;
    };

    // The lengths of the shortest ways, after Floyd and Warshall.
    private static Dictionary<(string, string), int?> Reach(
        List<(string From, string To)> edges, IReadOnlyList<string> versions)
    {
        var reach = new Dictionary<(string, string), int?>();
        foreach (var from in versions)
        {
            foreach (var to in versions)
            {
                reach[(from, to)] = from == to ? 0 : edges.Contains((from, to)) ? 1 : null;
            }
        }

        foreach (var over in versions)
        {
            foreach (var from in versions)
            {
                foreach (var to in versions)
                {
                    if (reach[(from, over)] + reach[(over, to)] is { } length && !(reach[(from, to)] <= length))
                    {
                        reach[(from, to)] = length;
                    }
                }
            }
        }

        return reach;
    }

    private static JsonObject Same(JsonObject document) => document;
}
