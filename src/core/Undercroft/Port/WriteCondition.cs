namespace Undercroft;

/// <summary>What must hold for a record before a commit writes, or merely checks, it.</summary>
/// <remarks>All conditions of a commit are judged on the state before it. An expired record counts as absent.</remarks>
public readonly record struct WriteCondition
{
    private WriteCondition(
        WriteConditionKind kind, Revision revision = default, string? name = null, string? text = null)
    {
        Kind = kind;
        Revision = revision;
        MetaName = name;
        MetaText = text;
    }

    /// <summary>Nothing: the last writer wins.</summary>
    public static WriteCondition Any => default;

    /// <summary>There is no such record.</summary>
    public static WriteCondition Absent => new(WriteConditionKind.Absent);

    /// <summary>There is such a record, at any revision.</summary>
    public static WriteCondition Present => new(WriteConditionKind.Present);

    /// <summary>Which of the conditions this is.</summary>
    public WriteConditionKind Kind { get; }

    /// <summary>The revision expected by <see cref="At"/>.</summary>
    public Revision Revision { get; }

    /// <summary>The name in the meta that <see cref="MetaIs"/> looks at.</summary>
    public string? MetaName { get; }

    /// <summary>The text that <see cref="MetaIs"/> expects; null means none.</summary>
    public string? MetaText { get; }

    /// <summary>The record is live, at exactly this revision.</summary>
    /// <param name="revision">The revision; <see cref="Revision.None"/> asks for the same as <see cref="Absent"/>.
    /// </param>
    public static WriteCondition At(Revision revision) =>
        revision == Revision.None ? Absent : new(WriteConditionKind.Revision, revision);

    /// <summary>The meta of the record, or of its tombstone, holds this text under this name. What was never written
    /// has no text.</summary>
    /// <param name="name">The name in the meta.</param>
    /// <param name="text">The text expected; null means that there is none.</param>
    public static WriteCondition MetaIs(string name, string? text)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new(WriteConditionKind.Meta, name: name, text: text);
    }

    /// <summary>Says whether the condition holds.</summary>
    /// <param name="found">The record or its tombstone; null where there was never one.</param>
    /// <param name="now">The instant that decides expiry.</param>
    public bool Holds(StoreRecord? found, DateTimeOffset now)
    {
        var live = found?.IsLiveAt(now) == true ? found : null;
        return Kind switch
        {
            WriteConditionKind.Any => true,
            WriteConditionKind.Absent => live is null,
            WriteConditionKind.Present => live is not null,
            WriteConditionKind.Revision => live?.Revision == Revision,
            WriteConditionKind.Meta => (found?.IsDeleted == true ? found : live)?.Meta[MetaName!] == MetaText,
            _ => false,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        WriteConditionKind.Revision => $"at {Revision}",
        WriteConditionKind.Meta => $"meta {Names.Show(MetaName)} = {Names.Show(MetaText)}",
        _ => Kind.ToString(),
    };
}
