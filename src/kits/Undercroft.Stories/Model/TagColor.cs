namespace Undercroft.Stories;

/// <summary>The colour an editor shows for one passage tag.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Color">The colour as written: one of Twine's seven names, or anything else such as
/// <c>#cc3300</c>.</param>
public sealed record TagColor(string Tag, string Color);
