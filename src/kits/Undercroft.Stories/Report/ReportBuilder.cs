using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Undercroft.Stories;

/// <summary>Collects the entries of one conversion.</summary>
internal sealed class ReportBuilder(string from, string to, string? file)
{
    private const int ShownMax = 200;
    private const int HashShown = 16;

    private readonly List<ConversionEntry> entries = [];
    private readonly HashSet<(string? StoryId, string Pointer)> announced = [];
    private int storyStart;
    private readonly int[] counts = new int[(int)ConversionOutcome.Invented + 1];

    /// <summary>The story that entries are about, until it is set anew.</summary>
    public string? StoryId { get; set; }

    /// <summary>How many entries were added so far, those past the limit included.</summary>
    public int Findings { get; private set; }

    public void Add(
        ConversionRule rule,
        string pointer = "",
        string? node = null,
        int? line = null,
        string? before = null,
        string? after = null,
        string? reason = null)
    {
        Findings++;
        counts[(int)rule.Outcome]++;
        _ = rule.Alters && announced.Add((StoryId, pointer));
        if (entries.Count == ConversionReport.EntriesMax)
        {
            return;
        }

        entries.Add(new ConversionEntry
        {
            Code = rule.Code,
            Outcome = rule.Outcome,
            Severity = rule.Severity,
            StoryId = StoryId,
            Pointer = pointer,
            Node = node,
            File = file,
            Line = line,
            Before = Show(before),
            After = Show(after),
            Reason = reason ?? rule.Reason,
            Hint = rule.Hint,
        });
    }

    /// <summary>Counts one passage that needed no entry.</summary>
    public void Count(ConversionOutcome outcome) => counts[(int)outcome]++;

    /// <summary>Tells whether an entry about this place of the current story, or a place above it, exists.</summary>
    public bool Announces(string pointer)
    {
        for (var end = pointer.Length; end > 0; end = pointer.LastIndexOf('/', end - 1))
        {
            if (announced.Contains((StoryId, pointer[..end])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>From here on entries are about a story whose id is not known yet.</summary>
    public void BeginStory() => (storyStart, StoryId) = (entries.Count, null);

    /// <summary>Gives the story's id to the entries since <see cref="BeginStory"/>.</summary>
    public void EndStory(string id)
    {
        for (var i = storyStart; i < entries.Count; i++)
        {
            entries[i] = entries[i] with { StoryId = id };
        }
    }

    public ConversionReport Build(ConversionVerification? verified = null)
    {
        if (Findings > entries.Count)
        {
            var rule = ConversionRules.ReportFull;
            entries[^1] = new ConversionEntry
            {
                Code = rule.Code,
                Outcome = rule.Outcome,
                Severity = rule.Severity,
                File = file,
                Before = Findings.ToString(CultureInfo.InvariantCulture),
                Reason = rule.Reason,
                Hint = rule.Hint,
            };
        }

        return new ConversionReport
        {
            From = from,
            To = to,
            File = file,
            Entries = entries,
            Verified = verified,
            Counts = new ConversionCounts
            {
                Preserved = counts[(int)ConversionOutcome.Preserved],
                Regenerated = counts[(int)ConversionOutcome.Regenerated],
                Transformed = counts[(int)ConversionOutcome.Transformed],
                Approximated = counts[(int)ConversionOutcome.Approximated],
                KeptOpaque = counts[(int)ConversionOutcome.KeptOpaque],
                Dropped = counts[(int)ConversionOutcome.Dropped],
                Invented = counts[(int)ConversionOutcome.Invented],
            },
        };
    }

    private static string? Show(string? text)
    {
        if (text is null || text.Length <= ShownMax)
        {
            return text;
        }

        var cut = char.IsHighSurrogate(text[ShownMax - 1]) ? ShownMax - 1 : ShownMax;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashShown];
        return string.Create(
            CultureInfo.InvariantCulture, $"{text.AsSpan(0, cut)}… ({text.Length} characters, sha256 {hash}…)");
    }
}
