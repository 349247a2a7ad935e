using System.Buffers;

namespace Undercroft.Stories;

/// <summary>Collects the links of one body.</summary>
internal sealed class LinkSink(string text, StoryDialect dialect)
{
    /// <summary>A macro whose arguments are longer than this is no link: it keeps every search short.</summary>
    public const int ArgumentsMax = 1000;

    private static readonly SearchValues<char> Sigils = SearchValues.Create("$_");
    private static readonly string[] Schemes = ["mailto:", "javascript:", "tel:", "data:"];

    private readonly List<StoryLink> links = [];

    public string Text => text;

    /// <summary>Adds a link whose target is written out.</summary>
    public void AddName(StoryLinkKind kind, ReadOnlySpan<char> target, ReadOnlySpan<char> label, int at)
    {
        target = target.Trim();
        if (IsExternal(target))
        {
            return;
        }

        if (IsExpression(target))
        {
            AddExpression(kind, target, label, at);
            return;
        }

        Add(kind, target.ToString(), label, at, isDynamic: false, []);
    }

    /// <summary>Adds a link whose target is an expression: one literal, or something to compute.</summary>
    public void AddExpression(StoryLinkKind kind, ReadOnlySpan<char> expression, ReadOnlySpan<char> label, int at)
    {
        expression = expression.Trim();
        if (Literals.TryReadWhole(expression, out var name))
        {
            if (!IsExternal(name))
            {
                Add(kind, name.Trim(), label, at, isDynamic: false, []);
            }

            return;
        }

        if (!expression.IsEmpty)
        {
            Add(kind, expression.ToString(), label, at, isDynamic: true, Literals.All(expression));
        }
    }

    public void AddBack(int at) => Add(StoryLinkKind.Back, "", [], at, isDynamic: false, []);

    /// <summary>The links in the order of the text, with their lines.</summary>
    public IReadOnlyList<StoryLink> Build()
    {
        if (links.Count == 0)
        {
            return [];
        }

        links.Sort((left, right) => left.Position.CompareTo(right.Position));
        var lines = new LineCounter(text);
        for (var i = 0; i < links.Count; i++)
        {
            links[i] = links[i] with { Line = lines.At(links[i].Position) };
        }

        return links;
    }

    private void Add(
        StoryLinkKind kind,
        string target,
        ReadOnlySpan<char> label,
        int at,
        bool isDynamic,
        IReadOnlyList<string> candidates)
    {
        var shown = label.Trim();
        links.Add(new StoryLink
        {
            Kind = kind,
            Target = target,
            Text = shown.IsEmpty || shown.SequenceEqual(target) ? null : shown.ToString(),
            IsDynamic = isDynamic,
            Candidates = candidates,
            Position = at,
        });
    }

    // A variable or a call where the dialect computes names.
    private bool IsExpression(ReadOnlySpan<char> target) => dialect switch
    {
        StoryDialect.SugarCube => target.Length > 1
            && ((Sigils.Contains(target[0]) && char.IsLetter(target[1])) || target[0] is '"' or '\'' or '`'
                || target.StartsWith("setup.") || target.StartsWith("State.") || target.StartsWith("settings.")),
        StoryDialect.Harlowe => target.Length > 1
            && ((Sigils.Contains(target[0]) && char.IsLetter(target[1])) || (target[0] == '(' && target.Contains(':'))),
        StoryDialect.Snowman => target.Contains("<%", StringComparison.Ordinal),
        _ => false,
    };

    private static bool IsExternal(ReadOnlySpan<char> target)
    {
        var colon = target.IndexOf(':');
        if (colon <= 0)
        {
            return false;
        }

        foreach (var scheme in Schemes)
        {
            if (target.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        var rest = target[(colon + 1)..];
        foreach (var c in target[..colon])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '+' or '-' or '.'))
            {
                return false;
            }
        }

        return rest.Length > 2 && rest.StartsWith("//") && !char.IsWhiteSpace(rest[2]);
    }
}
