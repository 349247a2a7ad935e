using System.Text.Json.Nodes;
using Undercroft.Migrations;
using Undercroft.Testing;

namespace Undercroft.Tests.Migrations;

/// <summary>Two migrators and live programs of two versions at once: nobody's write is lost, no step is taken twice.
/// </summary>
public sealed class MigrationRaceTests
{
    private const int Documents = 60;

    private static readonly MigrationChain Chain = new MigrationChain("0.9")
        .Step("0.9", "1.0", Count)
        .Step("1.0", "2.0", ToPair, ToSingle);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Migrators_and_writers_of_two_versions_lose_nothing()
    {
        for (var round = 0; round < 6 * TestSeed.Length; round++)
        {
            await RaceAsync(TestSeed.Take(), round);
        }
    }

    private static async Task RaceAsync(TestSeed seed, int round)
    {
        await using var store = new MemoryStore();
        var raw = new CollectionDefinition<RawJson>("notes", RawJson.Codec);
        var old = Sample.Open(store: store).Repository(raw);
        await old.CreateManyAsync(
            [
                .. Enumerable.Range(0, Documents)
                    .Select(i => KeyValuePair.Create(Id(i), RawJson.FromText("""{"n":0}"""))),
            ],
            cancellationToken: Token);
        var added = new int[Documents];
        var deleted = new bool[Documents];

        var newer = raw.WithMigrations(Chain).WithIndex("byN", "pair.n");
        var older = raw.WithMigrations(Chain.To("1.0"));
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, 2).Select(
                i => Task.Run(() => MigrateAsync(store, seed.ToRandom((round * 100) + i)))),
            .. Enumerable.Range(0, 2).Select(i => Task.Run(() => WriteAsync(
                Sample.Open(store: store).Repository(newer), seed.ToRandom((round * 100) + 10 + i), "pair", added,
                deleted))),
            Task.Run(() => WriteAsync(
                Sample.Open(store: store).Repository(older), seed.ToRandom((round * 100) + 20), null, added, deleted)),
        ]);
        await MigrateAsync(store, seed.ToRandom(round));

        var repository = Sample.Open(store: store).Repository(newer);
        for (var i = 0; i < Documents; i++)
        {
            var stored = await old.GetAsync(Id(i), Token);
            Assert.True(deleted[i] == stored is null, $"Document {i} is not as it was left. {seed}");
            if (stored is not null)
            {
                var json = StoryVersions.Parse(stored.Value);
                Assert.True("2.0" == stored.Meta["$schema"], seed.ToString());
                Assert.True(1 == (int?)json["steps"], $"Document {i} took its step {json["steps"]} times. {seed}");
                Assert.True(added[i] == (int?)json["pair"]!["n"], $"Document {i} lost a write. {seed}");
                var found = await repository.Query()
                    .WhereJson($$"""{"pair.n": {{added[i]}}, "$id": "{{Id(i)}}"}""").CountAsync(Token);
                Assert.True(1 == found, $"Document {i} is not in its index. {seed}");
            }
        }
    }

    private static async Task MigrateAsync(MemoryStore store, Random random)
    {
        while (true)
        {
            var options = new MigratorOptions { BatchSize = random.Next(1, 20) };
            try
            {
                var run = await new Migrator(Sample.Open(store: store), "notes", Chain, options).RunAsync(Token);
                Assert.Equal(MigrationState.Completed, run.State);
                return;
            }
            catch (StoreException error) when (error.IsTransient)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task WriteAsync(
        IRepository<RawJson> repository, Random random, string? inner, int[] added, bool[] deleted)
    {
        for (var i = 0; i < 150; i++)
        {
            var at = random.Next(Documents);
            if (random.Next(20) == 0)
            {
                if (await repository.DeleteAsync(Id(at), cancellationToken: Token))
                {
                    Volatile.Write(ref deleted[at], true);
                }

                continue;
            }

            var patched = await repository.PatchAsync(
                Id(at),
                found =>
                {
                    var json = StoryVersions.Parse(found);
                    var holder = inner is null ? json : (JsonObject)json[inner]!;
                    holder["n"] = (int)holder["n"]! + 1;
                    return RawJson.FromText(json.ToJsonString());
                },
                cancellationToken: Token);
            if (patched is not null)
            {
                Interlocked.Increment(ref added[at]);
            }
        }
    }

    private static JsonObject Count(JsonObject note)
    {
        note["steps"] = ((int?)note["steps"] ?? 0) + 1;
        return note;
    }

    private static JsonObject ToPair(JsonObject note)
    {
        note["pair"] = new JsonObject { ["n"] = (int)note["n"]! };
        note.Remove("n");
        return note;
    }

    private static JsonObject ToSingle(JsonObject note)
    {
        note["n"] = (int)note["pair"]!["n"]!;
        note.Remove("pair");
        return note;
    }

    private static string Id(int i) => $"n{i:d3}";
}
