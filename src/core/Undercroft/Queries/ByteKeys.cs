namespace Undercroft.Queries;

/// <summary>Compares bytes by content, for dictionaries.</summary>
internal sealed class ByteKeys : IEqualityComparer<byte[]>
{
    public static ByteKeys Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj)
    {
        var hash = default(HashCode);
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }
}
