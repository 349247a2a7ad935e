using System.Globalization;

namespace Undercroft.Stories;

/// <summary>Gives stories of whisker the shape of Twine's, and those of Twine the shape of whisker's.</summary>
internal static class WhiskerChoices
{
    /// <summary>The field of a passage that holds its choices.</summary>
    public const string Choices = "choices";

    /// <summary>Turns choices into links at the end of each passage.</summary>
    public static Story ToLinks(Story story, ReportBuilder report)
    {
        story = WritableFields.MakeValid(story, report);
        if (story.Origin?.Format == StoryFormats.Whisker)
        {
            WhiskerLeftovers.Report(story, report);
        }

        if (!HasChoices(story))
        {
            return story;
        }

        var targets = new WhiskerTargets(story.Passages);
        var passages = story.Passages.ToArray();
        for (var i = 0; i < passages.Length; i++)
        {
            if (ChoicesOf(passages[i]) is { } field && WhiskerChoice.ReadAll(field) is { } choices)
            {
                Report(passages[i], choices, targets, new ElementPointer("passages", i), report);
                passages[i] = ToLinks(passages[i], field, choices, targets);
            }
        }

        return story with { Passages = passages };
    }

    /// <summary>Whether fields called <c>choices</c> are choices: those of a story from a format of Twine are data.
    /// </summary>
    public static bool HasChoices(Story story) =>
        (story.Origin?.Format is null or StoryFormats.Whisker)
        && story.Passages.Any(passage => ChoicesOf(passage) is not null);

    /// <summary>Takes away links that stand for kept choices, and gives the choices back.</summary>
    public static Story Restore(Story story) => story.Passages.Any(IsKept)
        ? story with { Passages = [.. story.Passages.Select(passage => Restore(passage) ?? passage)] }
        : story;

    /// <summary>Whether a passage has choices, kept or not.</summary>
    public static bool HasAny(Passage passage) => ChoicesOf(passage) is not null || IsKept(passage);

    /// <summary>A passage that was written and what was read, both with choices, as far as both can be given them.
    /// </summary>
    public static (Passage Written, Passage Found) AsChoices(Passage written, Passage found)
    {
        var back = Restore(found);
        if (Restore(written) is { } restored)
        {
            return back is not null ? (restored, back) : (written, found);
        }

        return (written, back ?? FromLinks(found, targets: null) ?? found);
    }

    /// <summary>Turns the links at the end of each passage into choices, where that can be undone exactly.</summary>
    public static Story FromLinks(Story story, ReportBuilder report)
    {
        var targets = new WhiskerTargets(story.Passages);
        var passages = story.Passages.ToArray();
        for (var i = 0; i < passages.Length; i++)
        {
            var pointer = new ElementPointer("passages", i);
            if (passages[i].Fields.FirstOrDefault(WhiskerKept.Is) is { } stale)
            {
                report.Add(WhiskerRules.Edited, pointer.To("fields"), passages[i].Name, before: stale.Value);
            }
            else if (passages[i].Kind == PassageKind.Passage && FromLinks(passages[i], targets) is { } changed)
            {
                report.Add(WhiskerRules.Links, pointer.To("body"), passages[i].Name, passages[i].Source?.Line);
                passages[i] = changed;
            }
        }

        return story with { Passages = passages };
    }

    /// <summary>Does the same to one passage, with names as targets or with the ids that <paramref name="targets"/>
    /// knows; null where it has no such links.</summary>
    public static Passage? FromLinks(Passage passage, WhiskerTargets? targets)
    {
        if (passage.Fields.Any(static field => field.Name == Choices || WhiskerKept.Is(field))
            || WhiskerLinks.Split(passage.Body) is not { } found)
        {
            return null;
        }

        var choices = found.Links.ConvertAll(link => (link.Text, targets?.TargetOf(link.Name) ?? link.Name));
        if (targets is not null && !choices.Select(choice => targets.NameOf(choice.Item2))
            .SequenceEqual(found.Links.Select(link => link.Name)))
        {
            return null;
        }

        var field = new StoryField(Choices, WhiskerChoice.WriteAll(choices), IsJson: true);
        return passage with { Body = found.Body, Fields = [.. passage.Fields, field] };
    }

    /// <summary>The field with a passage's choices; null where it has none.</summary>
    public static StoryField? ChoicesOf(Passage passage) => passage.Kind == PassageKind.Passage
        ? passage.Fields.FirstOrDefault(field => field is { Name: Choices, IsJson: true, Value.Length: > 2 })
        : null;

    /// <summary>The choices of a passage as links, by the names of what they lead to.</summary>
    public static IEnumerable<StoryLink> LinksOf(Passage passage, WhiskerTargets? targets)
    {
        if (targets is null || ChoicesOf(passage) is not { } field || WhiskerChoice.ReadAll(field) is not { } choices)
        {
            return [];
        }

        return choices.Where(choice => choice.Target != "END" || targets["END"] is not null).Select(choice =>
            WhiskerTargets.IsSpecial(choice.Target) && targets[choice.Target] is null
                ? new StoryLink
                {
                    Kind = StoryLinkKind.Back,
                    Text = choice.Text,
                    Position = passage.Body.Length,
                    Line = 1,
                }
                : new StoryLink
                {
                    Target = targets.NameOf(choice.Target),
                    Text = choice.Text,
                    Position = passage.Body.Length,
                    Line = 1,
                });
    }

    private static bool IsKept(Passage passage) => passage.Fields.Any(WhiskerKept.Is);

    private static Passage? Restore(Passage passage) => IsKept(passage) ? WhiskerKept.Restore(passage) : null;

    private static Passage ToLinks(
        Passage passage, StoryField field, List<WhiskerChoice> choices, WhiskerTargets targets)
    {
        var links = WhiskerLinks.Show(
            passage.Body, choices.Select(choice => (choice.Text, targets.NameOf(choice.Target))));
        var without = passage.Fields.Where(other => !ReferenceEquals(other, field)).ToArray();
        var plain = passage with { Body = passage.Body + links, Fields = without };
        if (FromLinks(plain, targets: null) is { } back && back.Body == passage.Body
            && back.Fields.SequenceEqual(passage.Fields))
        {
            return plain;
        }

        var kept = WhiskerKept.Keep(field, links, passage.Fields);
        return plain with
        {
            Fields = [.. passage.Fields.Select(other => ReferenceEquals(other, field) ? kept : other)],
        };
    }

    private static void Report(
        Passage passage,
        List<WhiskerChoice> choices,
        WhiskerTargets targets,
        ElementPointer pointer,
        ReportBuilder report)
    {
        var (at, line) = (pointer.To("fields"), passage.Source?.Line);
        report.Add(
            WhiskerRules.Choices,
            at,
            passage.Name,
            line,
            choices.Count.ToString(CultureInfo.InvariantCulture));
        foreach (var choice in choices)
        {
            var name = targets.NameOf(choice.Target);
            if (choice.HasLogic)
            {
                report.Add(WhiskerRules.Condition, at, passage.Name, line, choice.Text);
            }

            if (WhiskerTargets.IsSpecial(choice.Target) && targets[choice.Target] is null)
            {
                report.Add(WhiskerRules.Target, at, passage.Name, line, choice.Target);
            }
            else if (!WhiskerLinks.IsExact(choice.Text, name))
            {
                report.Add(WhiskerRules.LinkText, at, passage.Name, line, $"{choice.Text} -> {name}");
            }
        }
    }
}
