namespace Undercroft.Queries;

/// <summary>A stretch of an index at one end of which the value wanted stands, behind the prefix.</summary>
internal sealed record IndexEnd(string IndexName, KeyRange Range, bool IsReverse, bool IsDescending);
