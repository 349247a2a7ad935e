using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary>What <c>stories convert --json</c> writes for a folder; <c>left</c> is what earlier conversions have left
/// there, and <c>pruned</c> whether it was deleted.</summary>
internal sealed record ConvertView(
    bool DryRun,
    int Converted,
    int Unchanged,
    int Failed,
    int PassedOver,
    IReadOnlyList<ConvertedFileView> Files,
    IReadOnlyList<string> Left,
    bool Pruned)
{
    public static ConvertView Of(
        IReadOnlyList<StoryBatchFile> files, IReadOnlyList<string> left, bool isPruned, bool isDryRun)
    {
        return new ConvertView(
            isDryRun,
            Count(StoryBatchOutcome.Converted),
            Count(StoryBatchOutcome.Unchanged),
            Count(StoryBatchOutcome.Failed),
            Count(StoryBatchOutcome.PassedOver),
            [.. files.Select(ConvertedFileView.Of)],
            left,
            isPruned);

        int Count(StoryBatchOutcome outcome) => files.Count(file => file.Outcome == outcome);
    }
}

/// <summary>What became of one file.</summary>
internal sealed record ConvertedFileView(
    string Source, StoryBatchOutcome Outcome, string? From, int Losses, IReadOnlyList<string> Results, string? Error)
{
    public static ConvertedFileView Of(StoryBatchFile file) => new(
        file.Source,
        file.Outcome,
        file.From,
        file.Losses,
        [.. file.Outputs.Select(static output => output.File)],
        file.Error);
}
