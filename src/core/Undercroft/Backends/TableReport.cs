namespace Undercroft.Backends;

/// <summary>Measures and verifies a <see cref="RecordTable"/>.</summary>
public static class TableReport
{
    /// <summary>Counts records and bytes by collection.</summary>
    /// <param name="table">The table.</param>
    /// <param name="now">The instant that decides expiry.</param>
    /// <param name="valueBytes">Tells the size of a record's value.</param>
    public static MaintenanceReport Measure(RecordTable table, DateTimeOffset now, Func<StoreRecord, long> valueBytes)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(valueBytes);

        var sizes = new SortedDictionary<string, CollectionSize>(
            Comparer<string>.Create(static (a, b) => Utf8Order.Compare(a, b)));
        foreach (var record in table.Records())
        {
            if (record.IsLiveAt(now))
            {
                var size = Of(record);
                sizes[size.Collection] = size with
                {
                    Records = size.Records + 1,
                    ValueBytes = size.ValueBytes + valueBytes(record),
                };
            }
        }

        foreach (var tombstone in table.Tombstones())
        {
            var size = Of(tombstone);
            sizes[size.Collection] = size with { Tombstones = size.Tombstones + 1 };
        }

        return new MaintenanceReport { Examined = table.Count, Collections = [.. sizes.Values] };

        CollectionSize Of(StoreRecord record) => sizes.TryGetValue(record.Key.Collection, out var size)
            ? size
            : new CollectionSize(record.Key.Collection, 0, 0, 0);
    }

    /// <summary>Checks that every index entry leads to its record and back, and that no revision is ahead.</summary>
    /// <param name="table">The table.</param>
    /// <param name="sequence">The store's latest revision.</param>
    public static MaintenanceReport Verify(RecordTable table, long sequence)
    {
        ArgumentNullException.ThrowIfNull(table);

        var problems = new List<string>();
        var examined = 0L;
        var entries = 0L;
        foreach (var record in table.Records().Concat(table.Tombstones()))
        {
            examined++;
            entries += record.Entries.Count;
            if (record.Revision.Value > sequence)
            {
                problems.Add(
                    $"{Names.Show(record.Key.ToString())} is at {record.Revision}, after the store's latest, " +
                    $"r{sequence}.");
            }
        }

        table.VerifyEntries(entries, problems);
        return new MaintenanceReport { Examined = examined, Problems = problems };
    }
}
