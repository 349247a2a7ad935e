using Undercroft.Backends;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Reading;

/// <summary>Walks the ids of a collection.</summary>
internal static class IdScan
{
    /// <summary>Says whether a forward scan begins behind a place, and not at the range's own end.</summary>
    public static bool IsAfter(ScanRequest request) =>
        request.After is { } after && !request.IsReverse && !IdBounds.Of(request.Range).IsBelow(after.Id);

    /// <summary>Walks from the place of the request on.</summary>
    public static IEnumerable<ScanItem> Walk(
        SqliteStatement row, ScanRequest request, int collection, DateTimeOffset now)
    {
        var bounds = IdBounds.Of(request.Range);
        var from = IsAfter(request) ? request.After!.Id : bounds.From;
        var before = request is { IsReverse: true, After: { } after } && !bounds.IsAbove(after.Id)
            ? after.Id
            : bounds.Before;

        row.Bind(1, collection);
        row.Bind(2, now.UtcTicks);
        row.Bind(3, from);
        if (before is null)
        {
            // A blob is above every text.
            row.Bind(4, default(ReadOnlySpan<byte>));
        }
        else
        {
            row.Bind(4, before);
        }

        return Rows(row, request);
    }

    /// <summary>Makes a record of a row, with as much as was asked for.</summary>
    public static StoreRecord Shape(SqliteStatement row, string collection, RecordDetail detail)
    {
        var key = new RecordKey(collection, row.String(RecordRow.Id));
        return detail == RecordDetail.Keys ? RecordRow.ReadKeys(row, key) : RecordRow.Read(row, key);
    }

    private static IEnumerable<ScanItem> Rows(SqliteStatement row, ScanRequest request)
    {
        try
        {
            while (row.Step())
            {
                yield return new ScanItem(Shape(row, request.Collection, request.Detail), default);
            }
        }
        finally
        {
            row.Reset();
        }
    }
}
