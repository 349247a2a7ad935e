using Undercroft.Cli.Output;
using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>Shows what conversions lost and noticed.</summary>
internal static class Losses
{
    // Of each file a person sees the first; the rest is counted.
    private const int ShownMax = 10;
    private const int BeforeMax = 60;

    public static bool IsLoss(ConversionEntry entry) =>
        entry.Outcome is ConversionOutcome.Dropped or ConversionOutcome.Approximated;

    /// <summary>How many things were lost or replaced by something close: of one story, and of the file around it.
    /// </summary>
    public static int Count(ConversionReport report, string storyId) => report.Entries.Count(entry =>
        IsLoss(entry) && (entry.StoryId is null || entry.StoryId == storyId));

    private static string Short(string before) =>
        Names.Show(before.Length <= BeforeMax ? before : before[..BeforeMax] + "…");

    /// <summary>Writes the losses and warnings of one file, a line each.</summary>
    public static void Show(CliOutput output, string file, ConversionReport report)
    {
        var entries = report.Entries
            .Where(static entry => IsLoss(entry) || entry.Severity != ConversionSeverity.Info)
            .ToList();
        foreach (var entry in entries.Take(ShownMax))
        {
            var place = entry.Line is { } line ? $"{file}:{line}" : file;
            var node = entry.Node is { } name ? $" in {Names.Show(name)}" : "";
            var what = IsLoss(entry) && entry.Before is { Length: > 0 } before ? $" It was {Short(before)}." : "";
            output.Note($"{place}: {(IsLoss(entry) ? "lost" : "noticed")}{node}: {entry.Reason}{what} ({entry.Code})");
        }

        if (entries.Count > ShownMax)
        {
            output.Note($"{file}: {Amounts.Count(entries.Count - ShownMax)} more; --report FILE lists all.");
        }
    }
}
