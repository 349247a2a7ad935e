namespace Undercroft.Conformance.Model;

/// <summary>Reads records by key.</summary>
internal sealed record ReadStep(IReadOnlyList<RecordKey> Keys, RecordDetail Detail, bool IncludesDeleted, bool IsKnown)
    : ModelStep
{
    public override async Task RunAsync(ModelRun run)
    {
        var known = Keys.Select(
            (key, i) => i % 2 == 0 ? run.Model.Find(key)?.Revision ?? Revision.None : Revision.None);
        var options = new ReadOptions
        {
            Detail = Detail,
            IncludeDeleted = IncludesDeleted,
            Known = IsKnown ? [.. known] : null,
        };

        var found = await run.Store.ReadAsync(Keys.ToArray(), options, run.Cancel);

        Assert.Equal(Keys.Count, found.Count);
        for (var i = 0; i < Keys.Count; i++)
        {
            var record = run.Model.Find(Keys[i]);
            var isSeen = record is not null &&
                (record.IsDeleted ? IncludesDeleted : ModelStore.IsLive(record, run.Now));
            if (isSeen && IsKnown && i % 2 == 0)
            {
                Assert.True(found[i]?.IsUnchanged, $"{Keys[i]} did not change.");
                Assert.Equal((record!.Key, record.Revision), (found[i]!.Key, found[i]!.Revision));
                Assert.Equal(0, found[i]!.Value.Length);
            }
            else
            {
                Assert.NotEqual(true, found[i]?.IsUnchanged);
                ModelRun.AssertSame(isSeen ? record : null, found[i], Detail);
            }
        }
    }

    public override string ToString() =>
        $"read {string.Join(' ', Keys)} " +
        $"({Detail}{(IncludesDeleted ? ", deleted too" : "")}{(IsKnown ? ", known" : "")})";
}
