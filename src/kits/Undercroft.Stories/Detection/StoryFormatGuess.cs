namespace Undercroft.Stories;

/// <summary>One format that a file may be in.</summary>
/// <param name="Format">The format, one of <see cref="StoryFormats"/>' names.</param>
/// <param name="Confidence">How well the content fits, from 0 to 1.</param>
/// <param name="Reason">What was found that speaks for it or against it.</param>
public sealed record StoryFormatGuess(string Format, double Confidence, string Reason);
