using Undercroft.Postgres.Schema;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>The schema is brought up to date beside roles with few rights, views that people have made, and what a
/// restored dump has left.</summary>
public sealed class UpgradeTests(SharedPostgres shared) : StoreTest(shared)
{
    private const string Secret = "upgrade-secret";

    private static readonly IReadOnlyList<Migration> Older = [.. SchemaSteps.All.TakeWhile(
        static step => !step.Script.Contains("begin_segment_v1", StringComparison.Ordinal))];

    [Fact]
    public async Task A_user_with_rights_of_before_goes_on_after_it()
    {
        await BeginAsync();
        var address = await RoleAsync("small");
        await using var owner = await OpenAsync();
        _ = await CommitAsync(owner, Put("a"));
        await using var store = await new StoreSchemes().AddPostgres().OpenAsync(address, null, Cancel);

        _ = await CommitAsync(store, Put("b"));

        var page = await store.ChangesAsync(new ChangesRequest(), Cancel);
        Assert.Equal(["a", "b"], page.Changes.Select(static change => change.Key.Id));
    }

    [Fact]
    public async Task Only_who_owns_the_tables_does_it()
    {
        await BeginAsync();
        var address = await RoleAsync("mid");
        _ = await AskAsync($"GRANT CREATE ON SCHEMA undercroft TO mid_{Database}");

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await new StoreSchemes().AddPostgres().OpenAsync(address, null, Cancel));

        Assert.Contains(
            "who owns the tables, may bring the schema up to date", error.Message, StringComparison.Ordinal);
        Assert.Equal(Older[^1].Version, await AskAsync("SELECT max(version) FROM undercroft.schema_version"));
    }

    [Fact]
    public async Task Views_that_people_have_made_stay_as_they_are()
    {
        await BeginAsync();
        _ = await AskAsync("""
            CREATE VIEW undercroft.of_notes AS SELECT id, document FROM undercroft.documents
                WHERE tenant = 'default' AND collection = 'notes';
            CREATE VIEW undercroft.of_mine AS SELECT id FROM undercroft.documents
                WHERE tenant = 'default' AND collection = 'notes';
            CREATE VIEW undercroft.of_open AS SELECT id, document FROM undercroft.documents
                WHERE tenant = 'default' AND collection = 'tasks' AND document->>'done' = 'false'
            """);

        _ = await CommitAsync(await OpenAsync(), Put("a"));

        Assert.Equal(
            3L, await AskAsync(
                "SELECT count(*) FROM pg_views WHERE schemaname = 'undercroft' AND viewname IN "
                + "('of_notes', 'of_mine', 'of_open')"));
    }

    [Fact]
    public async Task What_a_dump_of_before_has_left_there_is_used_again()
    {
        await BeginAsync();
        await using (await OpenAsync())
        {
        }

        // As after pg_restore --clean of a dump that knows of none of it.
        _ = await AskAsync($"DELETE FROM undercroft.schema_version WHERE version > {Older[^1].Version}");

        var store = await OpenAsync();
        _ = await CommitAsync(store, Put("a"));
        Assert.Equal("a", Assert.Single((await store.ChangesAsync(new ChangesRequest(), Cancel)).Changes).Key.Id);
        Assert.Equal(1L, await AskAsync("SELECT count(*) FROM undercroft.boot"));
    }

    private async Task BeginAsync()
    {
        await using (await PostgresStore.OpenAsync(Options(), Older, null, Cancel))
        {
        }
    }

    private async Task<string> RoleAsync(string name)
    {
        var role = $"{name}_{Database}";
        _ = await Server.QueryAsync($"CREATE ROLE {role} LOGIN PASSWORD '{Secret}'", cancellationToken: Cancel);
        _ = await AskAsync(
            $"GRANT USAGE ON SCHEMA undercroft TO {role}; " +
            $"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA undercroft TO {role}; " +
            $"GRANT SELECT, USAGE ON ALL SEQUENCES IN SCHEMA undercroft TO {role}");
        return $"postgres://{role}:{Secret}@{Server.Host}:{Server.Port}/{Database}?views=off";
    }
}
