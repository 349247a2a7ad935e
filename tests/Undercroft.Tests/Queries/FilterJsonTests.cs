using System.Globalization;
using Undercroft.Indexes;
using Undercroft.Queries;

namespace Undercroft.Tests.Queries;

public sealed class FilterJsonTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"author":"Ann"}""")]
    [InlineData("""{"author":"Ann","score":{"gte":3,"lt":9}}""")]
    [InlineData("""{"a":null,"b":true,"c":{"ne":false},"d":1.50,"e":1e400}""")]
    [InlineData("""{"or":[{"a":1},{"b":{"in":[1,"x",null]}}],"not":{"c":{"startsWith":"x"}}}""")]
    [InlineData("""{"and":[{"a":1},{"a":2}]}""")]
    [InlineData("""{"a":{"each":[{"lt":1},{"lt":2}]}}""")]
    [InlineData("""{"tags":{"contains":"x"},"a.b\\.c":{"exists":true}}""")]
    [InlineData("""{"items":{"any":{"name":"x","stars":{"gt":2}}}}""")]
    [InlineData("""{"at":{"gte":{"$time":"2024-05-01T10:00:00Z"}}}""")]
    [InlineData("""{"\\and":1,"\\$id":2,"\\-x":3}""")]
    [InlineData("""{"$id":{"startsWith":"a"},"$tags":"red","$updatedAt":{"lt":{"$time":"2024-05-01T00:00:00Z"}}}""")]
    public void A_filter_is_written_as_it_is_read(string json)
    {
        Assert.Equal(json, Filter.Parse(json).ToString());
    }

    [Theory]
    [InlineData("""{"a":{"eq":1}}""", """{"a":1}""")]
    [InlineData("""{"a":{"any":[1,2]}}""", """{"a":{"in":[1,2]}}""")]
    [InlineData("""{"a":{"all":["x","y"]}}""", """{"and":[{"a":"x"},{"a":"y"}]}""")]
    [InlineData("""{"a":{"exists":false}}""", """{"not":{"a":{"exists":true}}}""")]
    [InlineData("""{"and":[{"a":1},{"and":[{"b":2}]}]}""", """{"a":1,"b":2}""")]
    [InlineData("""{"or":[{"a":1}]}""", """{"a":1}""")]
    [InlineData("""{"$createdAt":{"gt":"2024-05-01"}}""", """{"$createdAt":{"gt":{"$time":"2024-05-01T00:00:00Z"}}}""")]
    [InlineData(
        """{"$expiresAt":{"in":["2024-05-01"]}}""", """{"$expiresAt":{"in":[{"$time":"2024-05-01T00:00:00Z"}]}}""")]
    [InlineData("""{"createdAt":{"gt":"2024-05-01"}}""", """{"createdAt":{"gt":"2024-05-01"}}""")]
    [InlineData("""{"a":{"$time":"2024-05-01T12:00:00+02:00"}}""", """{"a":{"$time":"2024-05-01T10:00:00Z"}}""")]
    public void Every_form_of_a_filter_is_written_in_one_way(string json, string expected)
    {
        Assert.Equal(expected, Filter.Parse(json).ToString());
    }

    [Theory]
    [InlineData(
        "",
        "The filter is not JSON at line 1, byte 1: The input does not contain any JSON tokens.")]
    [InlineData(
        "{\"a\":\n 1,}",
        "The filter is not JSON at line 2, byte 4: The JSON object contains a trailing comma at the end.")]
    [InlineData("""{"a":1,"a":2}""", "The filter is not JSON at line 1, byte 1: Duplicate property 'a'.")]
    [InlineData(
        """{"$createdAt":{"gt":"today"}}""",
        "The filter is wrong at '$.$createdAt.gt': expected an ISO 8601 time such as 2024-05-01T10:00:00Z; found " +
            "'today'.")]
    [InlineData("[]", "The filter is wrong at '$': expected an object such as {\"author\": \"Ann\"}; found an array.")]
    [InlineData(
        """{"a":{"gte":[1]}}""",
        "The filter is wrong at '$.a.gte': expected null, true, false, a number, a string or {\"$time\": " +
            "\"2024-05-01T10:00:00Z\"}; found an array.")]
    [InlineData(
        """{"a":{"above":1}}""",
        "The filter is wrong at '$.a.above': expected one of eq, ne, lt, lte, gt, gte, in, startsWith, contains, " +
            "exists, any, all, each, or a path with dots for a field inside; found the name 'above'.")]
    [InlineData("""{"or":[]}""", "The filter is wrong at '$.or': expected at least one filter; found an empty array.")]
    [InlineData(
        """{"or":[{"a":1},5]}""",
        "The filter is wrong at '$.or[1]': expected an object such as {\"author\": \"Ann\"}; found '5'.")]
    [InlineData("""{"a":{"in":5}}""", "The filter is wrong at '$.a.in': expected an array of values; found '5'.")]
    [InlineData("""{"a":{"exists":1}}""", "The filter is wrong at '$.a.exists': expected true or false; found '1'.")]
    [InlineData("""{"a":{"startsWith":1}}""", "The filter is wrong at '$.a.startsWith': expected a string; found '1'.")]
    [InlineData(
        """{"a..b":1}""",
        "The filter is wrong at '$.a..b': expected a path such as 'author.name'; found it has an empty name.")]
    [InlineData(
        """{"$owner":1}""",
        "The filter is wrong at '$.$owner': expected a path such as 'author.name'; found a record has only $id, " +
            "$tags, $createdAt, $updatedAt, $expiresAt, $revision, and a property of that name begins with \\$.")]
    [InlineData(
        """{"a":{}}""",
        "The filter is wrong at '$.a': expected a value or one of eq, ne, lt, lte, gt, gte, in, startsWith, " +
            "contains, exists, any, all, each; found an empty object.")]
    [InlineData(
        """{"a":{"$time":"soon"}}""",
        "The filter is wrong at '$.a': expected an ISO 8601 time such as 2024-05-01T10:00:00Z; found 'soon'.")]
    public void A_wrong_filter_is_refused_with_its_place(string json, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => Filter.Parse(json));

        Assert.Equal(expected, error.Message.Split(" (Parameter", 2)[0]);
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"\ud800":1}""")]
    public void What_has_no_one_meaning_is_refused(string json)
    {
        Assert.Throws<ArgumentException>(() => Filter.Parse(json));
    }

    [Fact]
    public void Depth_and_size_are_bounded()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"not\":", 100)) + "{}" + new string('}', 100);
        var deepElements = string.Concat(Enumerable.Repeat("{\"a\":{\"any\":", 40)) + "{}" + new string('}', 80);
        var large = $"{{\"a\":\"{new string('x', 300_000)}\"}}";
        var many = $"{{\"a\":{{\"in\":[{string.Join(',', Enumerable.Range(0, 20_000))}]}}}}";

        foreach (var json in new[] { deep, deepElements, large, many })
        {
            Assert.Throws<ArgumentException>(() => Filter.Parse(json));
        }
    }

    [Fact]
    public void Every_truncation_and_changed_byte_is_read_or_refused()
    {
        const string Json =
            """{"author":"Ann","s":{"gte":3,"in":[1]},"or":[{"a":{"any":{"b":1}}},{"c":{"$time":"2024-05-01"}}],""" +
            "\"not\":{\"d\":{\"ne\":null}}}";

        for (var at = 0; at < Json.Length; at++)
        {
            Attempt(Json[..at]);
            for (var c = ' '; c < 127; c++)
            {
                Attempt(string.Concat(Json.AsSpan(0, at), c.ToString(), Json.AsSpan(at + 1)));
            }
        }

        static void Attempt(string text)
        {
            try
            {
                var filter = Filter.Parse(text);
                Assert.Equal(filter, Filter.Parse(filter.ToString()));
            }
            catch (ArgumentException error)
            {
                Assert.StartsWith("The ", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Random_filters_survive_being_written_and_read()
    {
        for (var seed = 0; seed < 3_000; seed++)
        {
            var filter = new RandomQueries(new Random(seed)).Filter();

            var text = filter.ToString();

            Assert.True(
                text == Filter.Parse(text).ToString(),
                string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {text}"));
        }
    }

    [Theory]
    [InlineData("""{"where":{"a":1},"order":["-score","at:time"],"limit":50,"after":"x","requireIndex":true}""")]
    [InlineData("{}")]
    public void A_query_is_written_as_it_is_read(string json)
    {
        Assert.Equal(json, QuerySpec.Parse(json).ToString());
    }

    [Theory]
    [InlineData("""{"limit":0}""", "The filter is wrong at '$.limit': expected a whole number above 0; found '0'.")]
    [InlineData(
        """{"order":["a",""]}""",
        "The filter is wrong at '$.order[1]': expected a field such as \"-score\" or \"at:time\"; found ''.")]
    [InlineData(
        """{"sort":["a"]}""",
        "The filter is wrong at '$.sort': expected 'where', 'order', 'limit', 'after' or 'requireIndex'; found the " +
            "name 'sort'.")]
    [InlineData(
        """{"where":{"a":{"lt":{}}}}""",
        "The filter is wrong at '$.where.a.lt': expected null, true, false, a number, a string or {\"$time\": " +
            "\"2024-05-01T10:00:00Z\"}; found an object.")]
    public void A_wrong_query_is_refused_with_its_place(string json, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => QuerySpec.Parse(json));

        Assert.Equal(expected, error.Message);
    }

    [Fact]
    public void Operators_refuse_values_they_cannot_compare()
    {
        Assert.Throws<ArgumentException>(
            () => new Condition(ConditionOperator.Less, [FieldValue.From(1L), FieldValue.From(2L)]));
        Assert.Throws<ArgumentException>(() => new Condition(ConditionOperator.StartsWith, FieldValue.From(1L)));
        Assert.Throws<ArgumentException>(() => new Condition(ConditionOperator.Equal, FieldValue.AnyObject));
        Assert.Throws<ArgumentException>(() => Filter.Or());
        Assert.Throws<ArgumentException>(() => FieldValue.From(double.NaN));
        Assert.Throws<ArgumentException>(() => FieldValue.From("\ud800"));
    }
}
