using System.Runtime.CompilerServices;
using Undercroft.Indexes;
using Undercroft.Queries;

namespace Undercroft.Stories;

/// <summary>Finds and lists summaries. One that cannot be read is passed over.</summary>
/// <param name="storage">Where they are.</param>
/// <param name="unreadable">Hears the id of each that is passed over, and why.</param>
internal sealed class LibraryCatalog(Storage storage, Action<string, StoreException> unreadable)
{
    private const int PageSize = 100;

    private readonly IRepository<StorySummary> summaries = storage.Repository(LibraryCollections.Summaries);

    public ValueTask<Document<StorySummary>?> GetAsync(string id, CancellationToken cancellationToken) =>
        summaries.GetAsync(id, cancellationToken);

    public async IAsyncEnumerable<Document<StorySummary>> ListAsync(
        StoryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = QueryOf(filter);
        var left = filter.Limit ?? int.MaxValue;
        if (filter.Limit is { } limit)
        {
            // As much as is needed is held where the order must be sorted, and no more.
            query = query.Take((int)Math.Min(int.MaxValue, (long)limit + filter.Offset));
        }

        var passed = 0;
        await foreach (var story in query.StreamAsync(cancellationToken).ConfigureAwait(false))
        {
            if (passed++ < filter.Offset)
            {
                continue;
            }

            yield return story;

            if (--left == 0)
            {
                yield break;
            }
        }
    }

    public async ValueTask<Page<StorySummary>> PageAsync(
        StoryFilter filter, string? cursor, CancellationToken cancellationToken)
    {
        var size = filter.Limit ?? PageSize;
        var query = QueryOf(filter);
        var items = new List<Document<StorySummary>>(Math.Min(size, PageSize));
        do
        {
            var page = await query.Take(size - items.Count).After(cursor).ToPageAsync(cancellationToken)
                .ConfigureAwait(false);
            items.AddRange(page.Items);
            cursor = page.Next;
        }
        while (items.Count < size && cursor is not null);

        return new Page<StorySummary>(items, cursor);
    }

    public ValueTask<long> CountAsync(StoryFilter filter, CancellationToken cancellationToken) =>
        QueryOf(filter).CountAsync(cancellationToken);

    /// <summary>Finds stories by what a person may call them.</summary>
    public async ValueTask<IReadOnlyList<Document<StorySummary>>> FindAsync(
        string name, CancellationToken cancellationToken)
    {
        foreach (var id in new[] { name, name.ToUpperInvariant() }.Where(IsUsableId))
        {
            if (await summaries.GetAsync(id, cancellationToken).ConfigureAwait(false) is { } known)
            {
                return [known];
            }
        }

        var page = await PageAsync(new StoryFilter { NamePrefix = name }, null, cancellationToken)
            .ConfigureAwait(false);
        var titled = page.Items
            .Where(summary => string.Equals(summary.Value.Name, name, StringComparison.OrdinalIgnoreCase)).ToArray();
        return titled.Length > 0 ? titled : page.Items;
    }

    /// <summary>Finds the stories that names mean: by id, or else by title, or else by the name of the file they came
    /// from; of several the one whose id comes first.</summary>
    /// <returns>The ids in the order of the names, each once.</returns>
    public async ValueTask<IReadOnlyList<string>> ResolveAsync(
        IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] ids = [.. names.Where(IsUsableId)];
        foreach (var story in await summaries.GetManyAsync(ids, cancellationToken).ConfigureAwait(false))
        {
            if (story is not null)
            {
                found[story.Id] = story.Id;
            }
        }

        await AddAsync("nameKey", LibraryCollections.NameKeyOf, static story => story.Name).ConfigureAwait(false);
        await AddAsync("fileKey", LibraryCollections.FileKeyOf, static story => FileNameOf(story.File))
            .ConfigureAwait(false);
        return [.. names.Where(found.ContainsKey).Select(name => found[name]).Distinct(StringComparer.Ordinal)];

        async ValueTask AddAsync(string field, Func<string, string> keyOf, Func<StorySummary, string?> nameOf)
        {
            string[] open = [.. names.Where(name => !found.ContainsKey(name))];
            foreach (var some in open.Chunk(PageSize))
            {
                var keys = some.Select(keyOf).Distinct(StringComparer.Ordinal).Select(FieldValue.From);
                var query = summaries.Query().PassingOver(unreadable).Where(Filter.In(field, keys)).OrderBy("$id");
                await foreach (var story in query.StreamAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (nameOf(story.Value) is { } name && some.Contains(name, StringComparer.Ordinal))
                    {
                        _ = found.TryAdd(name, story.Id);
                    }
                }
            }
        }
    }

    public async ValueTask<StoryUsage> UsageAsync(CancellationToken cancellationToken)
    {
        var groups = await summaries.Query()
            .AggregateAsync([], [Aggregate.Count, Aggregate.Of(AggregateFunction.Sum, "bytes")], cancellationToken)
            .ConfigureAwait(false);
        return groups is [{ Values: [var count, var bytes] }]
            ? new StoryUsage(ToLong(count), ToLong(bytes))
            : new StoryUsage(0, 0);

        static long ToLong(FieldValue value) => value.TryGetDecimal(out var number) ? (long)number : 0;
    }

    public static void Check(StoryFilter filter)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(filter.Offset);
        if (filter.Limit is { } limit)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        }
    }

    private Query<StorySummary> QueryOf(StoryFilter filter)
    {
        var query = summaries.Query().PassingOver(unreadable);
        query = filter.AnyTag is { } any ? query.WithAnyTag(any) : query;
        query = filter.AllTags is { Count: > 0 } all ? query.WithAllTags(all) : query;
        query = filter.Format is { } format ? query.Where(Filter.Equal("format", FieldValue.From(format))) : query;
        query = filter.NamePrefix is { Length: > 0 } prefix
            ? query.Where(Filter.StartsWith("nameKey", LibraryCollections.NameKeyOf(prefix)))
            : query;
        var field = filter.Order switch
        {
            StoryOrder.Created => "$createdAt",
            StoryOrder.Updated => "$updatedAt",
            StoryOrder.Size => "bytes",
            StoryOrder.Words => "words",
            _ => "nameKey",
        };
        var sign = filter.IsDescending ? "-" : "";
        return query.OrderBy(sign + field, sign + "$id");
    }

    private static string? FileNameOf(string? file) => file?[(file.LastIndexOfAny(['/', '\\']) + 1)..];

    private static bool IsUsableId(string id) =>
        id.Length is > 0 and <= RecordKey.IdBytesMax / 3
        && !id.Contains('\0', StringComparison.Ordinal)
        && !Surrogates.HasLone(id);
}
