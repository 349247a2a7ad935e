using System.Diagnostics.CodeAnalysis;

namespace Undercroft;

/// <summary>The records a read found, in the order of its keys, all out of one snapshot.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "A result, never compared.")]
public readonly struct ReadResult
{
    private readonly StoreRecord? single;
    private readonly IReadOnlyList<StoreRecord?>? many;

    /// <summary>Holds the answer for one key.</summary>
    public ReadResult(StoreRecord? record) => single = record;

    /// <summary>Holds the answers for several keys.</summary>
    public ReadResult(IReadOnlyList<StoreRecord?> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        many = records;
    }

    /// <summary>How many keys were asked for.</summary>
    public int Count => many?.Count ?? 1;

    /// <summary>The record of the key at a position; null where there is none.</summary>
    public StoreRecord? this[int index] =>
        many is not null ? many[index]
        : index == 0 ? single
        : throw new ArgumentOutOfRangeException(nameof(index));
}
