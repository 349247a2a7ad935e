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
                ? StoryComparer.Compare(written[i], found[i])
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
}
