using System.Globalization;
using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>What a file looks like, by its content.</summary>
public sealed record StoryDetection
{
    /// <summary>A guess below this is no answer.</summary>
    public const double ConfidenceMin = 0.5;

    /// <summary>Two guesses closer than this are both worth a look.</summary>
    public const double CloseMax = 0.2;

    /// <summary>The formats it may be in, the likeliest first; a format that nothing speaks for is not among them.
    /// </summary>
    public IReadOnlyList<StoryFormatGuess> Candidates { get; init; } = [];

    /// <summary>What it looks like where it is no story; null where it is one.</summary>
    public string? Foreign { get; init; }

    /// <summary>The likeliest format; null where none is likely.</summary>
    [JsonIgnore]
    public string? Format => Best?.Format;

    /// <summary>The likeliest guess; null where none is likely.</summary>
    public StoryFormatGuess? Best => Candidates is [{ Confidence: >= ConfidenceMin } best, ..] ? best : null;

    /// <summary>The next one, where it is close; null otherwise.</summary>
    public StoryFormatGuess? RunnerUp =>
        Best is { } best && Candidates is [_, { Confidence: >= ConfidenceMin } next, ..]
        && best.Confidence - next.Confidence < CloseMax
            ? next
            : null;

    /// <summary>One sentence that says it all.</summary>
    public string Sentence => (Best, RunnerUp) switch
    {
        (null, _) => $"it looks like {Foreign}; expected Twee 3, Twine 2 HTML or JSON, Twine 1 HTML, or whisker JSON.",
        ({ } best, null) => $"it looks like {Show(best)}.",
        ({ } best, { } next) => $"it looks like {Show(best)}, or else {Show(next)}.",
    };

    private static string Show(StoryFormatGuess guess) => string.Create(
        CultureInfo.InvariantCulture,
        $"{FormatTitles.Of(guess.Format)} ({guess.Confidence * 100:0} %: {guess.Reason})");
}
