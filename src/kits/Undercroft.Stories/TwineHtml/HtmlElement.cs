namespace Undercroft.Stories;

/// <summary>One element between <c>tw-storydata</c>'s tags, by its positions in the text.</summary>
/// <param name="Name">The element's name.</param>
/// <param name="Tag">The start tag.</param>
/// <param name="Start">Where the start tag begins.</param>
/// <param name="BodyStart">Where the content begins.</param>
/// <param name="BodyEnd">Where it ends.</param>
/// <param name="End">Where the end tag ends; <paramref name="BodyEnd"/> where there is none.</param>
/// <param name="HasMarkup">Whether the content holds a <c>&lt;</c> of its own.</param>
internal readonly record struct HtmlElement(
    string Name, HtmlTag Tag, int Start, int BodyStart, int BodyEnd, int End, bool HasMarkup)
{
    public bool IsClosed => End > BodyEnd;
}
