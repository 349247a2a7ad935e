namespace Undercroft.Blobs;

/// <summary>Some chunks of an upload, one after the other in a block of memory.</summary>
/// <param name="block">The memory.</param>
internal sealed class UploadBatch(byte[] block)
{
    private readonly List<int> lengths = [];
    private readonly List<KeyValuePair<BlobNode, ReadOnlyMemory<byte>>> parts = [];

    public byte[] Block { get; private set; } = block;

    /// <summary>How many bytes of the block are in chunks.</summary>
    public int Length { get; private set; }

    /// <summary>How many chunks there are.</summary>
    public int Count => lengths.Count;

    /// <summary>Whether no batch follows.</summary>
    public bool IsLast { get; set; }

    public ReadOnlyMemory<byte> Bytes => Block.AsMemory(0, Length);

    /// <summary>The chunks, once they are hashed.</summary>
    public IReadOnlyList<KeyValuePair<BlobNode, ReadOnlyMemory<byte>>> Parts => parts;

    public void Add(int length)
    {
        lengths.Add(length);
        Length += length;
    }

    public void Hash()
    {
        var at = 0;
        foreach (var length in lengths)
        {
            var bytes = Bytes.Slice(at, length);
            parts.Add(new(new BlobNode(0, ContentHash.Of(bytes.Span), length), bytes));
            at += length;
        }
    }

    /// <summary>Replaces the block by a longer one with the same bytes.</summary>
    public byte[] Grow(int size)
    {
        var longer = GC.AllocateUninitializedArray<byte>(size);
        Block.CopyTo(longer, 0);
        return Block = longer;
    }

    public void Clear()
    {
        lengths.Clear();
        parts.Clear();
        Length = 0;
    }
}
