using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>What a typed aggregation wants to know beside the values: times as the documents have them.</summary>
/// <param name="Absent">What null counts as in the one field grouped by; null where it is a group of its own.</param>
internal sealed record AggregateReading(FieldValue? Absent);
