using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Reading;

/// <summary>Walks the feed: by revision, and within one by key.</summary>
internal static class FeedWalk
{
    /// <summary>Walks from behind a revision on; what the request does not want is left out.</summary>
    public static IEnumerable<StoreRecord> Walk(
        SqliteStatement row, ChangesRequest request, long after, DateTimeOffset now, NameLookup names)
    {
        row.Bind(1, after);
        row.Bind(2, now.UtcTicks);
        row.Bind(3, request.ExceptOrigin);
        row.BindNull(4);
        if (request.Collections is { } collections)
        {
            var numbers = collections.Select(names.Collection).OfType<int>().Distinct().ToArray();
            if (numbers.Length == 0)
            {
                return [];
            }

            if (numbers.Length == 1)
            {
                row.Bind(4, numbers[0]);
            }
        }

        return InOrder(Rows(row, request, names));
    }

    private static IEnumerable<StoreRecord> Rows(SqliteStatement row, ChangesRequest request, NameLookup names)
    {
        try
        {
            while (row.Step())
            {
                var collection = names.Name((int)row.Number(RecordRow.Collection));
                if (request.Collections is null || request.Collections.Contains(collection))
                {
                    yield return IdScan.Shape(row, collection, request.Detail);
                }
            }
        }
        finally
        {
            row.Reset();
        }
    }

    // The rows come by revision; those of one commit are put in the order of their keys.
    private static IEnumerable<StoreRecord> InOrder(IEnumerable<StoreRecord> rows)
    {
        var commit = new List<StoreRecord>();
        foreach (var record in rows)
        {
            if (commit.Count > 0 && commit[0].Revision != record.Revision)
            {
                foreach (var earlier in Sorted(commit))
                {
                    yield return earlier;
                }

                commit.Clear();
            }

            commit.Add(record);
        }

        foreach (var last in Sorted(commit))
        {
            yield return last;
        }
    }

    private static List<StoreRecord> Sorted(List<StoreRecord> commit)
    {
        if (commit.Count > 1)
        {
            commit.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        }

        return commit;
    }
}
