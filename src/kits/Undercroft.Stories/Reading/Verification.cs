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
        written = WhiskerChoices.Restore(written);
        found = WhiskerChoices.Restore(found);
        if (!written.Passages.Any(passage => WhiskerChoices.ChoicesOf(passage) is not null))
        {
            return StoryComparer.Compare(written, found);
        }

        using var pairs = written.Passages.Where(IsOrdinary).GetEnumerator();
        Passage[] passages =
        [
            .. found.Passages.Select(passage => IsOrdinary(passage) && pairs.MoveNext()
                && WhiskerChoices.ChoicesOf(pairs.Current) is not null
                    ? WhiskerChoices.FromLinks(passage, targets: null) ?? passage
                    : passage),
        ];
        return StoryComparer.Compare(written, found with { Passages = passages });

        static bool IsOrdinary(Passage passage) => passage.Kind == PassageKind.Passage;
    }
}
