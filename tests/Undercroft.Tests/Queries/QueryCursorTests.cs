using System.Buffers.Text;
using Undercroft.Indexes;
using Undercroft.Queries;

namespace Undercroft.Tests.Queries;

public sealed class QueryCursorTests
{
    [Fact]
    public async Task A_cursor_serves_only_its_query_unchanged()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await QueryWorld.FillAsync(100, ct);
        var engine = new QueryEngine(store, "docs", QueryWorld.All);
        var spec = QuerySpec.Parse("""{"where":{"author":"A3"},"order":["score"],"limit":3}""");
        var cursor = (await engine.PageAsync(spec, ct)).Next!;

        await RefusedAsync(spec with { Where = Filter.Equal("author", FieldValue.From("A4")), After = cursor });
        await RefusedAsync(spec with { Order = [IndexField.Parse("-score")], After = cursor });
        await RefusedAsync(spec with { After = "" });
        await RefusedAsync(spec with { After = "no cursor!" });
        await RefusedAsync(spec with { After = new string('A', 100_000) });
        var bytes = Base64Url.DecodeFromChars(cursor);
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 1;
            await RefusedAsync(spec with { After = Base64Url.EncodeToString(changed) });
            await RefusedAsync(spec with { After = Base64Url.EncodeToString(bytes.AsSpan(0, at)) });
        }

        // Another page size is the same query.
        Assert.NotEmpty((await engine.PageAsync(spec with { After = cursor, Limit = 5 }, ct)).Items);

        async Task RefusedAsync(QuerySpec wrong) =>
            await Assert.ThrowsAsync<ArgumentException>(async () => await engine.PageAsync(wrong, ct));
    }

    [Fact]
    public async Task A_cursor_goes_on_its_way_when_a_better_index_appears_and_expires_with_its_own()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await QueryWorld.FillAsync(100, ct);
        var spec = QuerySpec.Parse(
            """{"where":{"author":"A3","title":{"startsWith":"t"}},"order":["score"],"limit":4}""");
        var few = new QueryEngine(store, "docs", [QueryWorld.ByScore]);
        var more = new QueryEngine(store, "docs", QueryWorld.All);
        var none = new QueryEngine(store, "docs", []);

        var first = await few.PageAsync(spec, ct);
        var second = await more.PageAsync(spec with { After = first.Next }, ct);
        var whole = await more.PageAsync(spec with { Limit = 8 }, ct);
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await none.PageAsync(spec with { After = first.Next }, ct));

        Assert.Equal(whole.Items.Select(QueryWorld.Id), first.Items.Concat(second.Items).Select(QueryWorld.Id));
        Assert.Equal(StoreErrorKind.CursorExpired, error.Kind);
    }

    [Fact]
    public async Task A_cursor_of_another_store_has_expired()
    {
        var ct = TestContext.Current.CancellationToken;
        var spec = new QuerySpec { Limit = 3 };
        var cursor = (
            await new QueryEngine(await QueryWorld.FillAsync(10, ct), "docs", QueryWorld.All).PageAsync(spec, ct)).Next;
        var other = new QueryEngine(await QueryWorld.FillAsync(10, ct), "docs", QueryWorld.All);

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await other.PageAsync(spec with { After = cursor }, ct));

        Assert.Equal(StoreErrorKind.CursorExpired, error.Kind);
    }
}
