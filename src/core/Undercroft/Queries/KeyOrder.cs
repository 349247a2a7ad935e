namespace Undercroft.Queries;

/// <summary>The order of bytes, as a comparer.</summary>
internal static class KeyOrder
{
    public static Comparer<byte[]> Bytes { get; } =
        Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b));
}
