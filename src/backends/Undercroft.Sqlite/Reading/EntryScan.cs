using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Reading;

/// <summary>Walks the keys of an index.</summary>
internal static class EntryScan
{
    /// <summary>Says whether the scan begins behind a place, and not at the range's own end.</summary>
    public static bool IsAfter(ScanRequest request) => request.After is { } after && (request.IsReverse
        ? request.Range.BeforeKey is not { } before || after.EntryKey.Span.SequenceCompareTo(before.Span) < 0
        : after.EntryKey.Span.SequenceCompareTo(request.Range.FromKey.Span) >= 0);

    /// <summary>Walks from the place of the request on.</summary>
    /// <param name="row">The statement for this request.</param>
    /// <param name="request">What to walk.</param>
    /// <param name="index">The index's number.</param>
    /// <param name="now">The instant that decides expiry.</param>
    /// <param name="keyBytesMax">The longest key there can be.</param>
    public static IEnumerable<ScanItem> Walk(
        SqliteStatement row, ScanRequest request, int index, DateTimeOffset now, int keyBytesMax)
    {
        var isAfter = IsAfter(request);
        row.Bind(1, index);
        row.Bind(2, now.UtcTicks);
        row.Bind(3, (isAfter && !request.IsReverse ? request.After!.EntryKey : request.Range.FromKey).Span);
        if (isAfter && request.IsReverse)
        {
            row.Bind(4, request.After!.EntryKey.Span);
        }
        else if (request.Range.BeforeKey is { } before)
        {
            row.Bind(4, before.Span);
        }
        else
        {
            BindAboveAll(row, keyBytesMax);
        }

        if (isAfter)
        {
            row.Bind(5, request.After!.Id);
        }

        return Rows(row, request);
    }

    private static void BindAboveAll(SqliteStatement row, int keyBytesMax)
    {
        // One byte longer than any key, and each of them the greatest.
        var above = new byte[keyBytesMax + 1];
        Array.Fill(above, byte.MaxValue);
        row.Bind(4, above);
    }

    private static IEnumerable<ScanItem> Rows(SqliteStatement row, ScanRequest request)
    {
        try
        {
            while (row.Step())
            {
                var record = IdScan.Shape(row, request.Collection, request.Detail);
                yield return new ScanItem(record, row.Bytes(RecordRow.EntryKey).ToArray());
            }
        }
        finally
        {
            row.Reset();
        }
    }
}
