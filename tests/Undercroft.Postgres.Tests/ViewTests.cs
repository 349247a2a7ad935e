using Undercroft.Postgres.Schema;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>The views for people: a name leads to one collection of one tenant, also where older code has named them.
/// </summary>
public sealed class ViewTests(SharedPostgres shared) : StoreTest(shared)
{
    private static readonly (string Tenant, string Collection, string View)[] Places =
    [
        ("default", "t1_notes", "of_t1_notes"),
        ("t1", "notes", "in_t1_of_notes"),
        ("a_b", "c", "in_a__b_of_c"),
        ("a", "b_c", "in_a_of_b_c"),
        ("a_", "of_c", "in_a___of_of_c"),
        ("a__of", "c", "in_a____of_of_c"),
        ("O'Neil\\", "it's \"so\"", "in_O'Neil\\_of_it's \"so\""),
    ];

    [Fact]
    public async Task No_two_collections_share_a_view()
    {
        foreach (var (tenant, collection, _) in Places)
        {
            await WriteAsync(tenant, collection);
        }

        await AssertViewsAsync();
    }

    [Fact]
    public async Task A_name_too_long_for_the_server_is_told_from_a_collection_of_that_name()
    {
        var collection = new string('x', 80);
        await WriteAsync("default", collection);

        var view = (string)(await AskAsync(
            $"SELECT undercroft.view_name_v2('default', '{collection}')"))!;
        Assert.StartsWith("sha_", view, StringComparison.Ordinal);
        Assert.Equal(Mark("default", collection), await ShownAsync(view));
    }

    [Fact]
    public async Task Views_of_older_code_are_named_after_what_they_show_and_keep_their_rights()
    {
        var older = SchemaSteps.All
            .TakeWhile(static step => !step.Script.Contains("view_name_v2", StringComparison.Ordinal)).ToArray();
        foreach (var (tenant, collection, _) in Places)
        {
            await using var store = await PostgresStore.OpenAsync(
                Options(options => options.Tenant = tenant), older, null, Cancel);
            _ = await CommitAsync(store, At(tenant, collection));
            await using var make = Source.CreateCommand(
                "SELECT undercroft.make_view_v1((SELECT t FROM undercroft.tenants WHERE name = $1), $2)");
            _ = make.Parameters.AddWithValue(tenant);
            _ = make.Parameters.AddWithValue(collection);
            _ = await make.ExecuteScalarAsync(Cancel);
        }

        _ = await AskAsync("GRANT SELECT ON undercroft.of_a_b_c TO public");

        // Of the first of two that met there is a view, under the name that both had; of the second there was none.
        await using (await OpenAsync())
        {
        }

        Assert.Equal(Mark("a_b", "c"), await ShownAsync("in_a__b_of_c"));
        Assert.Equal(true, await AskAsync(
            "SELECT relacl::text LIKE '%=r/%' FROM pg_class WHERE relname = 'in_a__b_of_c'"));
        Assert.Equal(false, await AskAsync("SELECT to_regclass('undercroft.of_a_b_c') IS NOT NULL"));

        // Programs of before go on beside: what they make is named like the rest.
        Assert.Equal("in_a_of_b_c", await AskAsync(
            "SELECT undercroft.make_view_v1((SELECT t FROM undercroft.tenants WHERE name = 'a'), 'b_c')"));
        foreach (var (tenant, collection, _) in Places)
        {
            await WriteAsync(tenant, collection);
        }

        await AssertViewsAsync();
    }

    private static string Mark(string tenant, string collection) => $"{collection} of {tenant}";

    private static PutOperation At(string tenant, string collection) => new(
        new RecordKey(collection, "a"),
        System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(Mark(tenant, collection)));

    private async Task WriteAsync(string tenant, string collection)
    {
        await using var store = await PostgresStore.OpenAsync(
            Options(options => (options.Tenant, options.Views) = (tenant, true)), cancellationToken: Cancel);
        _ = await CommitAsync(store, At(tenant, collection));
    }

    private async Task AssertViewsAsync()
    {
        foreach (var (tenant, collection, view) in Places)
        {
            Assert.Equal(Mark(tenant, collection), await ShownAsync(view));
        }
    }

    private async Task<object?> ShownAsync(string view) => await AskAsync(
        $"SELECT string_agg(document #>> '{{}}', '; ') FROM undercroft.{Quoted(view)}");

    private static string Quoted(string view) =>
        $"\"{view.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
