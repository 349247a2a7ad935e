using Undercroft.Layers;
using Undercroft.Migrations;

namespace Undercroft.Tests.Migrations;

/// <summary>A migration whose collection is never the same twice gives up, and has written nothing.</summary>
public sealed class MigrationBeginningTests
{
    private static readonly MigrationChain Chain = new MigrationChain("1.0").Step("1.0", "2.0", static one => one);

    private static readonly CollectionDefinition<RawJson> Notes = new("notes", RawJson.Codec);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_does_not_try_to_begin_for_ever()
    {
        await using var store = new MemoryStore();
        _ = await Sample.Open(store: store).Repository(Notes)
            .CreateAsync("a", RawJson.FromText("{}"), cancellationToken: Token);
        var restless = new RestlessStore(store);
        var migrator = new Migrator(Sample.Open(store: restless), "notes", Chain);

        var error = await Assert.ThrowsAsync<StoreException>(async () => await migrator.RunAsync(Token));

        Assert.Equal((StoreErrorKind.Conflict, true), (error.Kind, error.IsTransient));
        Assert.StartsWith(
            "The migration of 'notes' could not begin: its indexes changed during each of 100 attempts.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Equal(100, restless.Changes);
        Assert.Empty(await new Migrator(Sample.Open(store: store), "notes", Chain).HistoryAsync(Token));
    }

    /// <summary>A store in which somebody declares another index just before a migration commits.</summary>
    private sealed class RestlessStore(IStore inner) : DelegatingStore(inner)
    {
        // A test that would go on for ever fails instead.
        private const int ChangesMax = 1000;

        public int Changes { get; private set; }

        public override async ValueTask<CommitResult> CommitAsync(
            Commit commit, CancellationToken cancellationToken = default)
        {
            if (Changes < ChangesMax
                && commit.Operations.Any(static operation => operation.Key.Collection == "$migrations"))
            {
                Changes++;
                await Sample.Open(store: Inner).PrepareAsync(
                    Notes.WithIndex("restless", $"field{Changes}"), cancellationToken);
            }

            return await Inner.CommitAsync(commit, cancellationToken);
        }
    }
}
