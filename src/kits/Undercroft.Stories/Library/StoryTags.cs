using System.Collections.Immutable;

namespace Undercroft.Stories;

/// <summary>The rules for a library's tags.</summary>
internal static class StoryTags
{
    public const int TagsMax = 64;
    public const int LengthMax = 64;

    /// <summary>Refuses tags that a library cannot keep.</summary>
    /// <exception cref="ArgumentException">There are too many, or one is too long; what no tag may hold is refused by
    /// the storage.</exception>
    public static IReadOnlyCollection<string>? Check(IReadOnlyCollection<string>? tags)
    {
        if (tags is { Count: > TagsMax })
        {
            throw new ArgumentException($"A story has at most {TagsMax} tags, {tags.Count} were given.", nameof(tags));
        }

        foreach (var tag in tags ?? [])
        {
            if (!IsUsable(tag))
            {
                throw new ArgumentException(
                    $"{Names.Show(tag)} is no tag: expected 1 to {LengthMax} characters, none of them a control "
                    + "character or half of a pair. Choose another.",
                    nameof(tags));
            }
        }

        return tags;
    }

    /// <summary>The author's tags that a library can keep: what a new story begins with.</summary>
    public static IReadOnlyCollection<string> From(Story story) =>
        story.Tags.Count == 0 ? [] : [.. story.Tags.Where(IsUsable).Distinct(StringComparer.Ordinal).Take(TagsMax)];

    /// <summary>Tags as a storage gives them back.</summary>
    public static IReadOnlyList<string> Sort(IReadOnlyCollection<string> tags)
    {
        if (tags.Count == 0)
        {
            return ImmutableArray<string>.Empty;
        }

        string[] sorted = [.. tags.Distinct(StringComparer.Ordinal)];
        Array.Sort(sorted, static (a, b) => Utf8Order.Compare(a, b));
        return ImmutableArray.Create(sorted);
    }

    private static bool IsUsable(string tag) =>
        tag is { Length: > 0 and <= LengthMax }
        && !tag.AsSpan().ContainsAnyInRange('\0', '\u001f')
        && !Surrogates.HasLone(tag);
}
