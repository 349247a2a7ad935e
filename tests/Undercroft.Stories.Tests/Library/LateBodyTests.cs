namespace Undercroft.Stories.Tests;

/// <summary>The bodies of a story that was read are decoded when they are asked for. Nobody can tell, but by the time
/// it takes.</summary>
public sealed class LateBodyTests
{
    private const string Text = "\"Gold,\" said\nthe old man. \u00e4\u8a9e \ud83c\udfee";

    private static readonly RecordKey Key = new("story-contents", "x");

    [Fact]
    public void A_passage_read_is_equal_to_the_one_written_before_and_after_its_body_was_asked_for()
    {
        var (written, read) = Passages(Text);

        Assert.Equal(written, read);
        Assert.Equal(written.GetHashCode(), read.GetHashCode());
        Assert.Equal(Passages(Text).Read, Passages(Text).Read);
        Assert.NotEqual(Passages(Text).Read, Passages(Text + "!").Read);
        Assert.Equal(Text, read.Body);
        Assert.Equal(written, read);
        Assert.Contains(Text, read.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_with_another_name_keeps_the_body_and_one_with_another_body_does_not()
    {
        var (_, read) = Passages(Text);

        Assert.Equal(Text, (read with { Name = "other" }).Body);
        Assert.Equal("new", (read with { Body = "new" }).Body);
        Assert.Equal(Text, read.Body);
    }

    [Fact]
    public void Everybody_gets_the_same_string()
    {
        for (var round = 0; round < 200; round++)
        {
            var (_, read) = Passages(Text);
            var copy = read with { Name = "copy" };
            var texts = new string[8];

            _ = Parallel.For(0, texts.Length, at => texts[at] = (at % 2 == 0 ? read : copy).Body);

            Assert.All(texts, text => Assert.Same(texts[0], text));
            Assert.Equal(Text, texts[0]);
        }
    }

    [Fact]
    public void A_passage_without_a_body_has_none_early_or_late()
    {
        var (written, read) = Passages("");

        Assert.Equal("", read.Body);
        Assert.Equal(written, read);
        Assert.Equal("", new Passage { Id = "x" }.Body);
    }

    private static (Passage Written, Passage Read) Passages(string body)
    {
        var written = new Passage { Id = "1", Name = "n", Body = body };
        var contents = StoryBody.Of(Make.Story(written)).Contents!;
        var read = LibraryCollections.Contents.Codec.Decode(Key, contents.Written.ToArray()).Story.Passages[0];
        return (contents.Story.Passages[0], read);
    }
}
