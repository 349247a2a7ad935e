using System.Collections;
using System.Collections.Immutable;

namespace Undercroft;

/// <summary>A small immutable map of text that travels beside a record's value: tags, versions, causality.</summary>
/// <remarks>Ordered by the UTF-8 bytes of its names, so that equal maps have equal bytes. Names beginning with
/// <c>$</c> belong to Undercroft.</remarks>
public sealed class RecordMeta : IReadOnlyCollection<KeyValuePair<string, string>>, IEquatable<RecordMeta>
{
    private static readonly Comparer<string> Order = Comparer<string>.Create(static (a, b) => Utf8Order.Compare(a, b));

    private readonly ImmutableSortedDictionary<string, string> values;

    private RecordMeta(ImmutableSortedDictionary<string, string> values) => this.values = values;

    /// <summary>The map with nothing in it.</summary>
    public static RecordMeta Empty { get; } = new(ImmutableSortedDictionary.Create<string, string>(Order));

    /// <inheritdoc/>
    public int Count => values.Count;

    /// <summary>The tags in it, in order, each once: what <see cref="WriteOptions.Tags"/> wrote.</summary>
    public IReadOnlyList<string> Tags => TagSet.Of(this);

    /// <summary>The text under a name, or null where there is none.</summary>
    public string? this[string name] => values.GetValueOrDefault(name);

    /// <summary>Makes a map of the given pairs; a later pair of the same name wins.</summary>
    public static RecordMeta From(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var values = Empty.values.SetItems(pairs);
        return values.IsEmpty ? Empty : new RecordMeta(values);
    }

    /// <summary>Makes a copy with one more pair, or with another text under the name.</summary>
    public RecordMeta With(string name, string text) => new(values.SetItem(name, text));

    /// <summary>Makes a copy without a name.</summary>
    public RecordMeta Without(string name) => values.ContainsKey(name) ? new RecordMeta(values.Remove(name)) : this;

    /// <inheritdoc/>
    public bool Equals(RecordMeta? other) => other is not null && values.SequenceEqual(other.values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RecordMeta);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var pair in values)
        {
            hash.Add(pair.Key, StringComparer.Ordinal);
            hash.Add(pair.Value, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => values.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
