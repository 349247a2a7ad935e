namespace Undercroft.Stories;

/// <summary>Calls in JavaScript that lead to passages.</summary>
internal static class CallLinks
{
    private static readonly (string Call, StoryLinkKind Kind)[] Snowman =
        [("story.show(", StoryLinkKind.Jump), ("story.render(", StoryLinkKind.Include)];

    private static readonly (string Call, StoryLinkKind Kind)[] SugarCube = [("Engine.play(", StoryLinkKind.Jump)];

    public static void Find(LinkSink sink, StoryDialect dialect)
    {
        var calls = dialect switch
        {
            StoryDialect.Snowman => Snowman,
            StoryDialect.SugarCube => SugarCube,
            _ => [],
        };
        foreach (var (call, kind) in calls)
        {
            for (var at = sink.Text.IndexOf(call, StringComparison.Ordinal); at >= 0;)
            {
                var pieces = new List<Range>();
                if (Literals.Split(sink.Text, at + call.Length, ')', pieces) >= 0)
                {
                    sink.AddExpression(kind, sink.Text.AsSpan()[pieces[0]], [], at);
                }

                at = sink.Text.IndexOf(call, at + call.Length, StringComparison.Ordinal);
            }
        }

        if (calls.Length > 0)
        {
            FindAttributes(sink);
        }
    }

    // <a data-passage="Name">, in both dialects.
    private static void FindAttributes(LinkSink sink)
    {
        const string Attribute = "data-passage=";
        for (var at = sink.Text.IndexOf(Attribute, StringComparison.Ordinal); at >= 0;)
        {
            var value = at + Attribute.Length;
            var rest = sink.Text.AsSpan(value, Math.Min(sink.Text.Length - value, LinkSink.ArgumentsMax));
            var close = rest.Length > 1 && rest[0] is '"' or '\'' ? rest[1..].IndexOf(rest[0]) : -1;
            if (close > 0)
            {
                var name = HtmlEntities.Decode(rest.Slice(1, close), out _, out _);
                sink.AddName(StoryLinkKind.Link, name, [], at);
            }

            at = sink.Text.IndexOf(Attribute, value, StringComparison.Ordinal);
        }
    }
}
