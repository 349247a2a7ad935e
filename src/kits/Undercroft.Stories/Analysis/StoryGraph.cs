namespace Undercroft.Stories;

/// <summary>The passages of a story and the ways between them.</summary>
internal sealed class StoryGraph
{
    private readonly Story story;
    private readonly IReadOnlyList<StoryLink>[] links;
    private readonly Dictionary<string, int> byName = new(StringComparer.Ordinal);
    private readonly List<BrokenLink> broken = [];
    private readonly bool[] reached;
    private readonly bool[] shown;

    public StoryGraph(Story story)
    {
        this.story = story;
        var targets = WhiskerChoices.HasChoices(story) ? new WhiskerTargets(story.Passages) : null;
        links =
        [
            .. story.Passages.Select(passage =>
                (IReadOnlyList<StoryLink>)[
                    .. StoryLinks.Find(passage, story.Dialect), .. WhiskerChoices.LinksOf(passage, targets)]),
        ];
        reached = new bool[links.Length];
        shown = new bool[links.Length];
        for (var i = 0; i < links.Length; i++)
        {
            if (story.Passages[i].Kind == PassageKind.Passage)
            {
                _ = byName.TryAdd(story.Passages[i].Name, i);
            }
        }

        AddIds();
        Count();
        Walk();
    }

    public int Links { get; private set; }

    public int DynamicLinks { get; private set; }

    public IReadOnlyList<BrokenLink> BrokenLinks => broken;

    public IReadOnlyList<string> Unreachable() => story.FindStart() is null ? [] : Names((index, passage) =>
        !reached[index] && !SpecialPassages.IsCalled(passage, story.Dialect));

    public IReadOnlyList<string> DeadEnds()
    {
        var leadsOn = FindWaysOn();
        return Names((index, passage) =>
            shown[index] && !leadsOn[index] && !SpecialPassages.IsCalled(passage, story.Dialect));
    }

    // Links of whisker lead to ids too.
    private void AddIds()
    {
        for (var i = 0; i < links.Length && story.Origin?.Format == StoryFormats.Whisker; i++)
        {
            if (WhiskerPassage.IdOf(story.Passages[i].Fields) is { } id)
            {
                _ = byName.TryAdd(id, i);
            }
        }
    }

    private void Count()
    {
        for (var i = 0; i < links.Length; i++)
        {
            foreach (var link in links[i])
            {
                Links += link.Kind == StoryLinkKind.Back ? 0 : 1;
                DynamicLinks += link.IsDynamic ? 1 : 0;
                if (link is { IsDynamic: false, Kind: not StoryLinkKind.Back } && !byName.ContainsKey(link.Target))
                {
                    broken.Add(new BrokenLink(story.Passages[i].Id, story.Passages[i].Name, link.Target, link.Line));
                }
            }
        }
    }

    private void Walk()
    {
        var waiting = new Stack<int>();
        var start = story.FindStart();
        for (var i = 0; i < links.Length; i++)
        {
            var passage = story.Passages[i];
            var isStart = ReferenceEquals(passage, start);
            shown[i] |= isStart;
            if (isStart || passage.Kind == PassageKind.Script || SpecialPassages.IsCalled(passage, story.Dialect))
            {
                Reach(i);
            }
        }

        while (waiting.TryPop(out var from))
        {
            foreach (var link in links[from])
            {
                foreach (var target in Targets(link))
                {
                    shown[target] |= link.Kind != StoryLinkKind.Include;
                    Reach(target);
                }
            }
        }

        void Reach(int index)
        {
            if (!reached[index])
            {
                reached[index] = true;
                waiting.Push(index);
            }
        }
    }

    // An included passage lends its links to the one that shows it.
    private bool[] FindWaysOn()
    {
        var includedBy = new List<int>?[links.Length];
        var leadsOn = new bool[links.Length];
        var waiting = new Stack<int>();
        for (var i = 0; i < links.Length; i++)
        {
            if (links[i].Any(link => link.Kind != StoryLinkKind.Include || link.IsDynamic))
            {
                leadsOn[i] = true;
                waiting.Push(i);
            }

            foreach (var target in links[i].Where(link => link.Kind == StoryLinkKind.Include).SelectMany(Targets))
            {
                (includedBy[target] ??= []).Add(i);
            }
        }

        while (waiting.TryPop(out var at))
        {
            foreach (var from in includedBy[at] ?? [])
            {
                if (!leadsOn[from])
                {
                    leadsOn[from] = true;
                    waiting.Push(from);
                }
            }
        }

        return leadsOn;
    }

    private IEnumerable<int> Targets(StoryLink link)
    {
        var names = link.IsDynamic ? link.Candidates : [link.Target];
        foreach (var name in names)
        {
            if (byName.TryGetValue(name, out var index))
            {
                yield return index;
            }
        }
    }

    private string[] Names(Func<int, Passage, bool> isMeant) =>
    [
        .. story.Passages.Where((passage, index) => passage.Kind == PassageKind.Passage && isMeant(index, passage))
            .Select(passage => passage.Name),
    ];
}
