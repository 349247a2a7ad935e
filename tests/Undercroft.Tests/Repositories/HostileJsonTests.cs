using System.Text;

namespace Undercroft.Tests.Repositories;

/// <summary>JSON that nobody writes by hand: it is kept, merged or refused in one sentence, never half.</summary>
public sealed class HostileJsonTests : IAsyncLifetime
{
    private readonly Undercroft.Storage storage = Sample.Open();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IRepository<RawJson> Raw => storage.Repository(new CollectionDefinition<RawJson>("raw", RawJson.Codec));

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => storage.DisposeAsync();

    [Fact]
    public async Task A_document_as_deep_as_may_be_kept_can_be_patched()
    {
        var deep = $"{{\"d\":{new string('[', 254)}{new string(']', 254)}}}";
        await storage.PrepareAsync(Raw.Definition.WithIndex("byA", "a"), Token);
        await Raw.CreateAsync("a", RawJson.FromText(deep), cancellationToken: Token);

        var patched = await Raw.PatchJsonAsync("a", "{\"a\":1}"u8.ToArray(), null, Token);

        Assert.Equal(deep[..^1] + ",\"a\":1}", patched!.Value.ToString());
    }

    [Theory]
    [InlineData("7B2261223A22FF227D", "The document is not JSON: byte 7 of it is not UTF-8. Save it as UTF-8.")]
    [InlineData("7B6261647D", "The document is not JSON: line 1, byte 2: 'b' is an invalid start of a property name. " +
        "Expected a '\"'. Mend the text.")]
    public async Task What_is_no_json_is_refused_and_its_place_is_told_once(string hex, string message)
    {
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await Raw.CreateAsync(
                "a", new RawJson(Convert.FromHexString(hex)), cancellationToken: Token));

        Assert.Equal(StoreErrorKind.Malformed, error.Kind);
        Assert.Equal(message, error.Message);
        Assert.Null(await Raw.GetAsync("a", Token));
    }

    [Theory]
    [InlineData("""{"b":1,"b":2}""", """{"a":1}""")]
    [InlineData("""{"b":1}""", """{"a":1,"a":2}""")]
    [InlineData("""{"b":1}""", """{"a":{"x":1,"x":2}}""")]
    [InlineData("""{"b":{"x":1,"x":2}}""", """{"b":{"x":null}}""")]
    [InlineData("""{"b":1}""", """{"\ud800":2}""")]
    [InlineData("""{"\udc00":1}""", """{"a":2}""")]
    [InlineData("""{"b":"\ud800"}""", """{"a":1}""")]
    [InlineData("""{"b":1}""", "")]
    public async Task A_patch_that_has_no_one_meaning_is_refused_and_changes_nothing(string document, string patch)
    {
        await Raw.CreateAsync("a", RawJson.FromText(document), cancellationToken: Token);

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await Raw.PatchJsonAsync("a", Encoding.UTF8.GetBytes(patch), null, Token));

        Assert.Equal(StoreErrorKind.Malformed, error.Kind);
        Assert.Equal(document, (await Raw.GetAsync("a", Token))!.Value.ToString());
    }

    [Theory]
    [InlineData("""{"b":1e999999,"c":-0.0}""", """{"a":1.50}""", """{"b":1e999999,"c":-0.0,"a":1.50}""")]
    [InlineData("null", """{"a":1}""", """{"a":1}""")]
    [InlineData("""{"a":1}""", "null", "null")]
    public async Task A_patch_leaves_odd_values_as_they_were_written(string document, string patch, string expected)
    {
        await Raw.CreateAsync("a", RawJson.FromText(document), cancellationToken: Token);

        var patched = await Raw.PatchJsonAsync("a", Encoding.UTF8.GetBytes(patch), null, Token);

        Assert.Equal(expected, patched!.Value.ToString());
    }
}
