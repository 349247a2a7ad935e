using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>What an aggregation made of one group of documents.</summary>
/// <param name="Key">The values the group has in common, one for each field grouped by.</param>
/// <param name="Values">The values made, one for each aggregate.</param>
public sealed record AggregateGroup(IReadOnlyList<FieldValue> Key, IReadOnlyList<FieldValue> Values)
{
    // Times among the values as a document has them, where the reader has asked for them.
    internal IReadOnlyList<FieldValue> Texts { get; init; } = [];
}
