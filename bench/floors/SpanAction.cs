namespace Undercroft.Bench.Floors;

/// <summary>Takes bytes that are only there during the call.</summary>
public delegate void SpanAction(ReadOnlySpan<byte> bytes);
