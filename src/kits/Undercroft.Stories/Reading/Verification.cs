namespace Undercroft.Stories;

/// <summary>The last step of every writer: what it wrote, read back, must be what it was given, or announced.</summary>
internal static class Verification
{
    /// <summary>Compares, and reports every difference that no entry announces.</summary>
    public static ConversionVerification Compare(
        IReadOnlyList<Story> written, IReadOnlyList<Story> found, ReportBuilder report)
    {
        var differences = 0;
        var unreported = 0;
        for (var i = 0; i < written.Count; i++)
        {
            report.StoryId = written[i].Id;
            var all = i < found.Count
                ? Compare(written[i], found[i])
                : [new StoryDifference("/passages", "the story", "nothing")];
            foreach (var difference in all)
            {
                if (report.Announces(difference.Pointer))
                {
                    differences++;
                    continue;
                }

                unreported++;
                report.Add(
                    ConversionRules.VerifyUnreported,
                    difference.Pointer,
                    before: difference.Before,
                    after: difference.After);
            }
        }

        return new ConversionVerification(differences, unreported);
    }

    // Links that stand for choices are compared as choices.
    private static IEnumerable<StoryDifference> Compare(Story written, Story found)
    {
        if (!written.Passages.Any(WhiskerChoices.HasAny))
        {
            return StoryComparer.Compare(written, found);
        }

        var (before, after, _) = StoryComparer.Align(written, found);
        var (left, right) = (written.Passages.ToArray(), found.Passages.ToArray());
        foreach (var (expected, actual) in before.Zip(after))
        {
            if (WhiskerChoices.HasAny(expected.Passage))
            {
                (left[expected.Index], right[actual.Index]) =
                    WhiskerChoices.AsChoices(expected.Passage, actual.Passage);
            }
        }

        return StoryComparer.Compare(written with { Passages = left }, found with { Passages = right });
    }
}
