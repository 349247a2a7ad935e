using System.Text;
using System.Text.Json;

namespace Undercroft.Stories.Tests;

/// <summary>Contents are read in a fast way of our own: it must read what the general way reads, and refuse what that
/// refuses.</summary>
public sealed class StoryContentsTests
{
    private static readonly RecordKey Key = new("story-contents", "x");

    private static DocumentCodec<StoryContents> Codec => LibraryCollections.Contents.Codec;

    [Fact]
    public void Stories_at_random_are_read_as_they_were_written()
    {
        for (var round = 0; round < 300; round++)
        {
            var random = new Random(Seeds.Current + round);
            var story = new StoryGenerator(random).Story();
            var body = StoryBody.Of(story);
            if (body.Contents is { } contents)
            {
                var read = Codec.Decode(Key, contents.Written).Story;

                Assert.True(
                    StoryJson.Write(contents.Story).AsSpan().SequenceEqual(StoryJson.Write(read)),
                    Seeds.Replay(round));
            }
        }
    }

    [Fact]
    public void Every_file_at_hand_is_read_as_it_was_written()
    {
        foreach (var file in Samples.Files())
        {
            foreach (var story in StoryFormats.Read(File.ReadAllBytes(file), file).Stories)
            {
                var contents = StoryBody.Of(story).Contents!;

                var read = Codec.Decode(Key, contents.Written).Story;
                Assert.Equal(StoryJson.Write(contents.Story), StoryJson.Write(read));
            }
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\\")]
    [InlineData("\"")]
    [InlineData("\\\"")]
    [InlineData("\"\\n")]
    [InlineData("\u0001")]
    [InlineData("\u007f\n")]
    [InlineData("é\n")]
    public void What_is_escaped_comes_back_wherever_it_stands(string mark)
    {
        Passage[] passages =
        [
            .. from before in Enumerable.Range(0, 40)
               from after in new[] { 0, 1, 31, 63, 64, 65 }
               let body = new string('x', before) + mark + new string('y', after) + mark
               select new Passage { Id = $"{before}/{after}", Name = "n", Body = body },
        ];

        var contents = StoryBody.Of(Make.Story(passages)).Contents!;
        var read = Codec.Decode(Key, contents.Written).Story;

        Assert.Equal(passages.Select(static one => one.Body), read.Passages.Select(static one => one.Body));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("\"quotes\" and \\ and \n\r\t\b\f and \u0001 and \u007f")]
    [InlineData("\u00a0\u2028\u2029 Ünï 物語 🏮 \ud83c\udfee\u200d")]
    [InlineData("</script>]]::")]
    public void Texts_of_all_kinds_come_back(string text)
    {
        var story = Make.Story(new Passage { Id = text, Name = text, Body = text, Tags = [text, ""] }) with
        {
            Name = text,
        };

        var contents = StoryBody.Of(story).Contents!;
        var read = Codec.Decode(Key, contents.Written).Story;

        Assert.Equal(
            (text, text, text, text, ""),
            (read.Name, read.Passages[0].Id, read.Passages[0].Name, read.Passages[0].Body, read.Passages[0].Tags[1]));
        using var general = JsonDocument.Parse(contents.Written);
        Assert.Equal(text, general.RootElement.GetProperty("passages")[0].GetProperty("body").GetString());
    }

    [Fact]
    public void Every_character_comes_back_from_every_place_in_a_text()
    {
        string[] all = ["\0", "\u001f", "\"", "\\", "\u007e", "\u007f", "\u0080", "é", "語", "🏮", "\uFFFD"];
        foreach (var one in all)
        {
            for (var at = 0; at <= 70; at++)
            {
                var text = new string('x', at) + one + new string('y', 70 - at);

                var contents = StoryBody.Of(Make.Story(Make.Passage("p", text))).Contents!;

                Assert.Equal(text, Codec.Decode(Key, contents.Written).Story.Passages[0].Body);
                using var general = JsonDocument.Parse(contents.Written);
                Assert.Equal(text, general.RootElement.GetProperty("passages")[0].GetProperty("body").GetString());
            }
        }
    }

    [Fact]
    public void What_people_have_written_by_hand_is_read_too()
    {
        var spaced = Encoding.UTF8.GetBytes(
            """
            { "passages": [ { "body": "b\u00e4", "id": "1" } ],
              "story": { "id": "x", "name": "X" } }
            """);

        var story = Codec.Decode(Key, spaced).Story;

        Assert.Equal(("x", "bä", ""), (story.Id, story.Passages[0].Body, story.Passages[0].Name));
    }

    [Fact]
    public void Every_single_damage_is_read_as_the_general_way_reads_it_or_refused_with_it()
    {
        var general = new CollectionDefinition<StoryContents>("story-contents", StoryJsonForm.Context.StoryContents);
        var story = Make.Story(
            new Passage { Id = "1", Name = "n\n", Body = "b\"ä", Tags = ["t"], Position = new PassagePoint("1,2") },
            new Passage { Id = "2", Kind = PassageKind.Script });
        var written = StoryBody.Of(story).Contents!.Written.ToArray();
        foreach (var damage in "\0 \"\\{}[],:xu1\u007fé"u8.ToArray())
        {
            for (var at = 0; at < written.Length; at++)
            {
                var damaged = (byte[])written.Clone();
                damaged[at] = damage;

                var expected = Read(general.Codec, damaged);
                var found = Read(Codec, damaged);

                Assert.True(expected == found, $"Byte {at} as {damage}: expected {expected}, found {found}.");
            }
        }

        for (var length = 0; length < written.Length; length++)
        {
            Assert.Null(Read(Codec, written[..length]));
        }
    }

    private static string? Read(DocumentCodec<StoryContents> codec, byte[] json)
    {
        try
        {
            var contents = codec.Decode(Key, json);
            if (contents.Story is not { } story)
            {
                return null;
            }

            var passages = contents.Passages ?? story.Passages;
            return Encoding.UTF8.GetString(StoryJson.Write(Frozen.Of(story with { Passages = passages })));
        }
        catch (StoreException)
        {
            return null;
        }
    }
}
