using System.Collections.Immutable;

namespace Undercroft.Stories;

/// <summary>Makes stories that nobody can change, not by a cast either: their lists are immutable arrays. What is so
/// already is kept, so that freezing an edited story copies only what was edited. What a document written by hand
/// leaves out, which the generated reader gives as null, gets its default.</summary>
internal static class Frozen
{
    public static Story Of(Story story) => Of(story, story.Passages);

    /// <summary>Makes one of a story and the passages it is to have.</summary>
    public static Story Of(Story story, IReadOnlyList<Passage> passages) => story with
    {
        Name = story.Name ?? "",
        Tags = List(story.Tags),
        TagColors = List(story.TagColors),
        Fields = List(story.Fields),
        Passages = Passages(passages),
        Extensions = Map(story.Extensions),
        Origin = story.Origin is { Parts: not ImmutableArray<SourcePart> } origin
            ? origin with { Parts = List(origin.Parts) }
            : story.Origin,
    };

    public static IReadOnlyList<T> List<T>(IReadOnlyList<T> list) =>
        list is ImmutableArray<T> ? list
        : list is null or { Count: 0 } ? Empty<T>.List
        : ImmutableArray.CreateRange(list);

    private static IReadOnlyList<Passage> Passages(IReadOnlyList<Passage> passages)
    {
        if (passages is ImmutableArray<Passage> known && known.All(IsFrozen))
        {
            return passages;
        }

        var frozen = ImmutableArray.CreateBuilder<Passage>(passages?.Count ?? 0);
        foreach (var passage in passages ?? [])
        {
            frozen.Add(IsFrozen(passage) ? passage : Of(passage));
        }

        return frozen.MoveToImmutable();
    }

    private static Passage Of(Passage passage) => passage with
    {
        Name = passage.Name ?? "",
        Body = passage.HasBody ? passage.Body : "",
        Tags = List(passage.Tags),
        Fields = List(passage.Fields),
        Extensions = Map(passage.Extensions),
    };

    private static bool IsFrozen(Passage passage) =>
        passage is { Name: not null, HasBody: true, Tags: ImmutableArray<string> }
        && passage.Fields is ImmutableArray<StoryField>
        && IsFrozen(passage.Extensions);

    private static bool IsFrozen(IReadOnlyDictionary<string, string> map) =>
        ReferenceEquals(map, NoExtensions.Value) || map is ImmutableSortedDictionary<string, string>;

    private static IReadOnlyDictionary<string, string> Map(IReadOnlyDictionary<string, string> map) =>
        IsFrozen(map) ? map
        : map is null or { Count: 0 } ? NoExtensions.Value
        : map.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static class Empty<T>
    {
        public static readonly IReadOnlyList<T> List = ImmutableArray<T>.Empty;
    }
}
