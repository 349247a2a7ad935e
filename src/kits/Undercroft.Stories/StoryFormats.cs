namespace Undercroft.Stories;

/// <summary>The formats Undercroft reads and writes, by name.</summary>
public static class StoryFormats
{
    private static readonly string[] Twine1Marks = ["id=\"storeArea\"", "id=\"store-area\"", "<div tiddler=\""];

    /// <summary>Twee 3, one story per file.</summary>
    public const string Twee3 = "twee3";

    /// <summary>Twine 2 HTML: a published story or an archive of several.</summary>
    public const string TwineHtml = "twine2-html";

    /// <summary>Stories in memory: what readers read into and writers write from.</summary>
    public const string Model = "model";

    /// <summary>Where a Twine 1 story area begins; −1 where there is none.</summary>
    internal static int FindTwine1(string text)
    {
        foreach (var mark in Twine1Marks)
        {
            var at = text.IndexOf(mark, StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
            {
                return at;
            }
        }

        return -1;
    }

}
