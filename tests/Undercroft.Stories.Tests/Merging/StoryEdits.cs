namespace Undercroft.Stories.Tests;

/// <summary>Edits a story as people do, at random.</summary>
internal sealed class StoryEdits(Random random, StoryGenerator generator)
{
    private int added;

    /// <summary>Does some edits.</summary>
    /// <param name="story">What to edit.</param>
    /// <param name="author">Tells the ids of one author's new passages from the other's.</param>
    public Story Edit(Story story, string author)
    {
        for (var edits = random.Next(1, 6); edits > 0; edits--)
        {
            story = random.Next(12) switch
            {
                0 => story with { Name = generator.Text(3) },
                1 => story with { Tags = Words(story.Tags) },
                2 => story with { Fields = [.. story.Fields, new StoryField("by-" + author, generator.Text(2))] },
                3 => story with { StartId = story.Passages.Count > 0 ? Any(story.Passages).Id : null },
                4 => story with { Passages = Without(story.Passages) },
                5 or 6 => story with { Passages = WithNew(story.Passages, author) },
                7 => story with { Passages = Moved(story.Passages) },
                8 => Change(story, passage => passage with { Name = generator.Text(3) }),
                9 => Change(story, passage => passage with { Tags = Words(passage.Tags) }),
                _ => Change(story, passage => passage with { Body = Lines(passage.Body, author) }),
            };
        }

        return story;
    }

    private Story Change(Story story, Func<Passage, Passage> change)
    {
        if (story.Passages.Count == 0)
        {
            return story;
        }

        var at = random.Next(story.Passages.Count);
        return story with { Passages = [.. story.Passages.Select((old, i) => i == at ? change(old) : old)] };
    }

    private string[] Words(IReadOnlyList<string> words) =>
        random.Next(2) == 0 || words.Count == 0
            ? [.. words, $"tag{random.Next(4)}"]
            : [.. words.Skip(1)];

    private Passage[] Without(IReadOnlyList<Passage> passages)
    {
        var at = random.Next(passages.Count + 1);
        return [.. passages.Where((_, i) => i != at)];
    }

    private Passage[] WithNew(IReadOnlyList<Passage> passages, string author)
    {
        var at = random.Next(passages.Count + 1);
        var id = $"{author}{added++}";
        return [.. passages.Take(at), Make.Passage(id, generator.Text(4)) with { Id = id }, .. passages.Skip(at)];
    }

    private Passage[] Moved(IReadOnlyList<Passage> passages)
    {
        var order = passages.ToList();
        if (order.Count > 1)
        {
            var moved = Any(order);
            _ = order.Remove(moved);
            order.Insert(random.Next(order.Count + 1), moved);
        }

        return [.. order];
    }

    private string Lines(string body, string author)
    {
        var lines = LineDiff.Lines(body);
        var at = random.Next(lines.Count + 1);
        if (random.Next(3) == 0 && at < lines.Count)
        {
            lines.RemoveAt(at);
        }
        else
        {
            lines.Insert(at, $"{author} says {random.Next(9)}\n");
        }

        return string.Concat(lines);
    }

    private T Any<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
