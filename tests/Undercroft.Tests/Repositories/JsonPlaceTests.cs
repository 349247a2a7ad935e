using System.Text.Json;

namespace Undercroft.Tests.Repositories;

/// <summary>What is wrong with JSON is said to whoever wrote it.</summary>
public sealed class JsonPlaceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{\"a\":1,}", "line 1, byte 8: The JSON object contains a trailing comma at the end")]
    [InlineData("[1,\n 2,]", "line 2, byte 4: The JSON array contains a trailing comma at the end")]
    [InlineData("", "line 1, byte 1: The input does not contain any JSON tokens")]
    [InlineData("[[[[", "line 1, byte 4: It is nested more than 3 deep")]
    [InlineData("[[", "line 1, byte 3: It ends inside an object or array")]
    [InlineData("{\"a\":x}", "line 1, byte 6: 'x' is an invalid start of a value")]
    public void It_is_said_where_and_what_without_words_for_the_program(string json, string expected)
    {
        var error = Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(json, new() { MaxDepth = 3 }));

        Assert.Equal(expected, JsonPlace.Describe(error));
    }

    [Fact]
    public void What_has_no_place_is_said_without_one()
    {
        var error = new JsonException("The members disagree. Path: $.a | LineNumber: 0 | BytePositionInLine: 3.");

        Assert.Equal("The members disagree", JsonPlace.Describe(error));
    }

    [Fact]
    public async Task A_merge_that_cannot_be_made_ends_in_our_words()
    {
        await using var storage = Sample.Open();
        var raw = storage.Repository(new CollectionDefinition<RawJson>("books", RawJson.Codec));
        await raw.UpsertAsync("a", RawJson.FromText("""{"a":{"b":1,"b":2}}"""), cancellationToken: Token);

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await raw.PatchJsonAsync("a", """{"a":{"b":3}}"""u8.ToArray(), cancellationToken: Token));

        Assert.DoesNotContain("LineNumber", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("deserialization", error.Message, StringComparison.Ordinal);
    }
}
