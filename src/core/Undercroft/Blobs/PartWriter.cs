using System.Globalization;

namespace Undercroft.Blobs;

/// <summary>Makes the operations that put parts into the store under whatever refers to them.</summary>
/// <remarks>
/// A commit that refers to a part puts it, or checks that it is there: so nothing ever refers to what is missing,
/// whatever the collector deletes meanwhile. It also counts itself among the references, which the collector watches. A
/// part that is there is never written again: no part has a later revision than what refers to it.
/// </remarks>
internal sealed class PartWriter(IStore store)
{
    /// <summary>The name in a part's meta of how many bytes it has, for who does not want to read them.</summary>
    public const string LengthName = "$length";

    /// <summary>The name in a part's meta of its <see cref="ChunkCheck"/>.</summary>
    public const string CheckName = "$check";

    /// <summary>Says that a commit makes new references.</summary>
    public static AddOperation Announcement { get; } = new(BlobKeys.References, 1);

    /// <summary>Looks which parts are missing.</summary>
    /// <param name="parts">The parts and their bytes; some may come several times.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A put for each part that is missing, a check for each that is there.</returns>
    public async ValueTask<List<StoreOperation>> ToOperationsAsync(
        IEnumerable<KeyValuePair<BlobNode, ReadOnlyMemory<byte>>> parts, CancellationToken cancellationToken)
    {
        var bytes = new Dictionary<RecordKey, ReadOnlyMemory<byte>>();
        foreach (var part in parts)
        {
            _ = bytes.TryAdd(part.Key.Key, part.Value);
        }

        var keys = bytes.Keys.ToArray();
        var operations = new List<StoreOperation>(keys.Length + 2);
        if (keys.Length == 0)
        {
            return operations;
        }

        var there = await store
            .ReadAsync(keys, new ReadOptions { Detail = RecordDetail.Keys }, cancellationToken)
            .ConfigureAwait(false);
        for (var i = 0; i < keys.Length; i++)
        {
            operations.Add(there[i] is null
                ? new PutOperation(keys[i], bytes[keys[i]], WriteCondition.Absent)
                {
                    Meta = MetaOf(bytes[keys[i]].Span),
                }
                : new CheckOperation(keys[i], WriteCondition.Present));
        }

        return operations;
    }

    private static RecordMeta MetaOf(ReadOnlySpan<byte> bytes) => RecordMeta.From(
    [
        new(LengthName, bytes.Length.ToString(CultureInfo.InvariantCulture)),
        new(CheckName, ChunkCheck.Of(bytes)),
    ]);
}
