using System.Diagnostics.CodeAnalysis;

namespace Undercroft;

/// <summary>One key or many, without an allocation for one.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "An argument, never compared.")]
[SuppressMessage("Usage", "CA2225", Justification = "The constructors are the alternates.")]
public readonly struct KeyList
{
    private readonly RecordKey single;
    private readonly IReadOnlyList<RecordKey>? many;

    /// <summary>Lists one key.</summary>
    public KeyList(RecordKey key) => single = key;

    /// <summary>Lists keys; the list must not change until the call that takes it has completed.</summary>
    public KeyList(IReadOnlyList<RecordKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        many = keys;
    }

    /// <summary>How many keys there are.</summary>
    public int Count => many?.Count ?? 1;

    /// <summary>The key at a position.</summary>
    public RecordKey this[int index] =>
        many is not null ? many[index]
        : index == 0 ? single
        : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Lists one key.</summary>
    public static implicit operator KeyList(RecordKey key) => new(key);

    /// <summary>Lists the keys of an array.</summary>
    public static implicit operator KeyList(RecordKey[] keys) => new(keys);
}
