namespace Undercroft.Stories.Tests;

/// <summary>Text made to keep the search for links busy costs no more than other text. A search that begins anew at
/// each mark would take minutes here and hours for what follows.</summary>
public sealed class HostileLinksTests
{
    private const int Length = 4_000_000;

    [Theory]
    [InlineData("<<", StoryDialect.SugarCube)]
    [InlineData("<<a", StoryDialect.SugarCube)]
    [InlineData("<<a \\'", StoryDialect.SugarCube)]
    [InlineData("(goto: \\'\\\"", StoryDialect.Harlowe)]
    [InlineData("\r--", StoryDialect.Chapbook)]
    [InlineData("\r[note", StoryDialect.Chapbook)]
    public async Task The_time_to_find_links_grows_with_the_length_whatever_the_text_is(
        string unit, StoryDialect dialect)
    {
        var ct = TestContext.Current.CancellationToken;
        var body = string.Concat(Enumerable.Repeat(unit, Length / unit.Length));
        var passage = new Passage { Id = "x", Name = "x", Body = body };

        var links = await Task.Run(() => StoryLinks.Find(passage, dialect), ct).WaitAsync(TimeSpan.FromMinutes(2), ct);

        Assert.Empty(links);
    }
}
