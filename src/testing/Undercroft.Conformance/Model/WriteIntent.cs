using System.Globalization;

namespace Undercroft.Conformance.Model;

/// <summary>The kinds of write a step may want.</summary>
internal enum WriteKind
{
    Put,
    Delete,
    Add,
    Check,
}

/// <summary>The conditions a step may want: revisions are named by what they are, not by their number.</summary>
internal enum ConditionIntent
{
    Any,
    Absent,
    Present,
    AtFound,
    AtBeforeLatest,
    AtLatest,
    TagIsA,
    TagIsMissing,
}

/// <summary>One operation a step wants.</summary>
internal sealed record WriteIntent(WriteKind Kind, string Collection, string Id)
{
    public ConditionIntent Condition { get; init; }

    public byte[] Value { get; init; } = [];

    public long Delta { get; init; }

    /// <summary>In how many ticks it expires; null means never.</summary>
    public int? ExpiresIn { get; init; }

    public string? Tag { get; init; }

    public byte[] Ages { get; init; } = [];

    public byte? Name { get; init; }

    public bool LeavesTombstone { get; init; }

    /// <summary>Makes the operation on the model as it is now.</summary>
    public StoreOperation ToOperation(ModelStore model, DateTimeOffset now)
    {
        var key = new RecordKey(Collection, Id);
        var condition = ToCondition(model, key);
        var meta = Tag is null ? RecordMeta.Empty : RecordMeta.Empty.With("tag", Tag);
        DateTimeOffset? expiresAt = ExpiresIn is { } ticks ? now.AddTicks(ticks) : null;
        return Kind switch
        {
            WriteKind.Put => new PutOperation(key, Value, condition)
            {
                ExpiresAt = expiresAt,
                Meta = meta,
                Entries = [.. Ages.Select(static age => new IndexEntry("age", new[] { age })), .. Names()],
            },
            WriteKind.Delete => new DeleteOperation(key, condition) { Meta = meta, LeavesTombstone = LeavesTombstone },
            WriteKind.Add => new AddOperation(key, Delta, condition) { ExpiresAt = expiresAt },
            _ => new CheckOperation(key, condition),
        };
    }

    public override string ToString()
    {
        var words = new List<string> { $"{Kind.ToString().ToLowerInvariant()} {Collection}/{Id}" };
        words.AddRange(Kind switch
        {
            WriteKind.Put => [$"0x{Convert.ToHexString(Value)}", .. Ages.Select(static age => $"age={age}")],
            WriteKind.Add => [Delta.ToString("+0;-0;+0", CultureInfo.InvariantCulture)],
            WriteKind.Delete when LeavesTombstone => ["leaving a tombstone"],
            _ => [],
        });
        words.AddRange(Name is null ? [] : [$"name={Name} (unique)"]);
        words.AddRange(Tag is null ? [] : [$"tag={Tag}"]);
        words.AddRange(ExpiresIn is null ? [] : [$"expiring in {ExpiresIn} ticks"]);
        words.AddRange(Condition == ConditionIntent.Any ? [] : [$"if {Condition}"]);
        return string.Join(' ', words);
    }

    private IEnumerable<IndexEntry> Names() =>
        Name is { } name ? [new IndexEntry("name", new[] { name }, IsUnique: true)] : [];

    private WriteCondition ToCondition(ModelStore model, RecordKey key) => Condition switch
    {
        ConditionIntent.Absent => WriteCondition.Absent,
        ConditionIntent.Present => WriteCondition.Present,
        ConditionIntent.AtFound => WriteCondition.At(model.Find(key)?.Revision ?? Revision.None),
        ConditionIntent.AtBeforeLatest => WriteCondition.At(new Revision(Math.Max(0, model.Latest.Value - 1))),
        ConditionIntent.AtLatest => WriteCondition.At(model.Latest),
        ConditionIntent.TagIsA => WriteCondition.MetaIs("tag", "a"),
        ConditionIntent.TagIsMissing => WriteCondition.MetaIs("tag", null),
        _ => WriteCondition.Any,
    };
}
