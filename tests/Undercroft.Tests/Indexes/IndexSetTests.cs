using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Undercroft.Indexes;

namespace Undercroft.Tests.Indexes;

public sealed class IndexSetTests
{
    private static readonly RecordKey Key = new("stories", "cave");

    [Theory]
    [InlineData("""{"author":{"name":"Ann"},"score":5}""", "(\"Ann\", 5)")]
    [InlineData("""{"score":5}""", "(null, 5)")]
    [InlineData("""{"author":null,"score":5}""", "(null, 5)")]
    [InlineData("""{"author":{"name":[]},"score":5}""", "(null, 5)")]
    [InlineData("""{"author":"Ann","score":5}""", "(null, 5)")]
    [InlineData("""{"author":{"name":["Ann","Bob"]},"score":5}""", "(\"Ann\", 5) (\"Bob\", 5)")]
    [InlineData("""{"author":[{"name":"Ann"},{"x":1},{"name":"Bob"}],"score":5}""", "(\"Ann\", 5) (\"Bob\", 5)")]
    [InlineData("""{"author":{"name":[["Ann"],["Bob",[null]]]},"score":5}""", "(null, 5) (\"Ann\", 5) (\"Bob\", 5)")]
    [InlineData("""{"author":{"name":["Ann","Ann"]},"score":[5,5.0]}""", "(\"Ann\", 5)")]
    [InlineData("""{"author":{"name":{"first":"Ann"}},"score":true}""", "({…}, true)")]
    [InlineData("""{"a\u0075thor":{"n\u0061me":"\u0041nn"},"score":-1e-9}""", "(\"Ann\", -1e-9)")]
    [InlineData("""[{"score":1},{"score":2}]""", "(null, 2) (null, 1)")]
    [InlineData("7", "(null, null)")]
    public void A_document_has_an_entry_for_each_of_its_values(string json, string expected)
    {
        var index = IndexDefinition.On("by-author", "author.name", "-score");

        var entries = new IndexSet([index]).Compute(Key, Encoding.UTF8.GetBytes(json));

        var found = entries
            .Where(static entry => entry.Index != IndexSet.ManyIndex)
            .Distinct()
            .OrderBy(static entry => Convert.ToHexString(entry.Key.Span), StringComparer.Ordinal)
            .Select(entry => IndexKeyReader.Describe(index, entry.Key.Span));
        Assert.Equal(expected, string.Join(' ', found));
    }

    [Fact]
    public void Two_fields_with_several_values_each_are_refused_by_name()
    {
        var set = new IndexSet([IndexDefinition.On("by-both", "tags", "people.name")]);
        var json = """{"tags":["a","b"],"people":[{"name":"x"},{"name":"y"}]}"""u8.ToArray();

        var error = Assert.Throws<StoreException>(() => set.Compute(Key, json));

        Assert.Equal(StoreErrorKind.Malformed, error.Kind);
        Assert.Equal(
            "The document 'stories/cave' has several values for both 'tags' and 'people.name' of the index " +
            "'by-both': expected arrays in one of its fields only. Split the index in two, or the document.",
            error.Message);
    }

    [Theory]
    [InlineData(
        "{\n  \"a\": tru }",
        "The document 'stories/cave' is not JSON at line 2, byte 11: 'tru }' is an invalid JSON literal. Expected " +
            "the literal 'true'. Write it as UTF-8 JSON.")]
    [InlineData(
        "",
        "The document 'stories/cave' is not JSON at line 1, byte 1: The input does not contain any JSON tokens. " +
            "Write it as UTF-8 JSON.")]
    public void Malformed_json_is_refused_with_its_place(string json, string expected)
    {
        var set = new IndexSet([IndexDefinition.On("i", "a")]);

        var error = Assert.Throws<StoreException>(() => set.Compute(Key, Encoding.UTF8.GetBytes(json)));

        Assert.Equal(StoreErrorKind.Malformed, error.Kind);
        Assert.Equal(expected, error.Message);
    }

    [Fact]
    public void Every_truncation_and_every_changed_byte_is_indexed_or_refused_clearly()
    {
        var json = """{"a":["x\u00e9😀",{"b":[1.5e3,null]}],"c":{"d":"2024-01-01"},"e":true}"""u8.ToArray();
        var set = new IndexSet([IndexDefinition.On("i", "a.b", "c.d:time"), IndexDefinition.On("j", "a", "e")]);

        for (var at = 0; at < json.Length; at++)
        {
            Attempt(json[..at]);
            for (var flip = 1; flip < 256; flip++)
            {
                var damaged = (byte[])json.Clone();
                damaged[at] ^= (byte)flip;
                Attempt(damaged);
            }
        }

        void Attempt(byte[] bytes)
        {
            try
            {
                Assert.NotEmpty(set.Compute(Key, bytes));
            }
            catch (StoreException error)
            {
                Assert.Equal(StoreErrorKind.Malformed, error.Kind);
                Assert.Contains("'stories/cave'", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":"\udc00x"}""")]
    [InlineData("""{"a":1} {"a":2}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    public void What_no_reader_could_read_is_refused(string json)
    {
        var set = new IndexSet([IndexDefinition.On("i", "a")]);

        Assert.Throws<StoreException>(() => set.Compute(Key, Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Keys_with_a_null_are_not_unique()
    {
        var set = new IndexSet([IndexDefinition.On("u", "a", "b") with { IsUnique = true }]);

        var whole = set.Compute(Key, """{"a":1,"b":2}"""u8.ToArray());
        var missing = set.Compute(Key, """{"a":1}"""u8.ToArray());

        Assert.True(whole[0].IsUnique);
        Assert.False(missing[0].IsUnique);
    }

    [Fact]
    public void A_document_with_several_entries_in_an_index_is_marked()
    {
        var index = IndexDefinition.On("i", "a");
        var set = new IndexSet([index]);

        var one = set.Compute(Key, """{"a":[1,1]}"""u8.ToArray());
        var many = set.Compute(Key, """{"a":[1,2]}"""u8.ToArray());

        Assert.DoesNotContain(one, static entry => entry.Index == IndexSet.ManyIndex);
        Assert.Contains(new IndexEntry(IndexSet.ManyIndex, IndexKeyWriter.EncodeString(index.StorageName)), many);
    }

    [Fact]
    public void A_definition_is_data_and_another_definition_has_another_name_in_the_store()
    {
        var index = IndexDefinition.On("by-author", "author.name", "-at:time") with { IsUnique = true };

        var json = JsonSerializer.Serialize(index, DefinitionJson.Default.IndexDefinition);

        Assert.Equal("""{"Name":"by-author","Fields":["author.name","-at:time"],"IsUnique":true}""", json);
        Assert.Equal(index, JsonSerializer.Deserialize(json, DefinitionJson.Default.IndexDefinition));
        Assert.Equal("by-author#d25d44db", index.StorageName);
        Assert.NotEqual(index.StorageName, (index with { IsUnique = false }).StorageName);
        Assert.NotEqual(index.StorageName, IndexDefinition.On("by-author", "author.name", "at:time").StorageName);
    }

    [Theory]
    [InlineData("", "a")]
    [InlineData("a#b", "a")]
    [InlineData("$a", "a")]
    [InlineData("a", "")]
    [InlineData("a", "b..c")]
    [InlineData("a", "b\\")]
    [InlineData("a", "$id")]
    [InlineData("a", "-")]
    public void A_name_or_field_that_cannot_be_is_refused(string name, string field)
    {
        Assert.ThrowsAny<ArgumentException>(() => IndexDefinition.On(name, field));
    }

    [Theory]
    [InlineData("a.b", "a|b")]
    [InlineData("a\\.b.c", "a.b|c")]
    [InlineData("\\$id", "$id")]
    [InlineData("\\-a", "-a")]
    [InlineData("a\\\\.b", "a\\|b")]
    [InlineData("a.$b.-c", "a|$b|-c")]
    public void Paths_are_written_as_they_are_read(string text, string names)
    {
        var path = FieldPath.Parse(text);

        Assert.Equal(names, string.Join('|', path.Names));
        Assert.Equal(text, path.ToString());
        Assert.Equal(path, FieldPath.Of(path.Names));
        Assert.False(path.IsRecordField);
    }

    [Theory]
    [InlineData("-a:time")]
    [InlineData("a\\:time")]
    [InlineData("-a\\\\:time")]
    [InlineData("\\-a\\.b:time:time")]
    public void Fields_are_written_as_they_are_read(string text)
    {
        var field = IndexField.Parse(text);

        Assert.Equal(field, IndexField.Parse(field.ToString()));
        Assert.Equal(field.ToString(), IndexField.Parse(field.ToString()).ToString());
    }
}

[JsonSerializable(typeof(IndexDefinition))]
internal sealed partial class DefinitionJson : JsonSerializerContext;
