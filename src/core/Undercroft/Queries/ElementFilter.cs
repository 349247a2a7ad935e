using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Wants documents where one element at a path, taken by itself, meets a filter.</summary>
public sealed class ElementFilter : Filter
{
    /// <summary>Makes the filter.</summary>
    /// <exception cref="ArgumentException">The path is a record's own.</exception>
    public ElementFilter(FieldPath path, Filter element)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(element);
        Path = path.IsRecordField
            ? throw new ArgumentException(
                $"'{path}' has no elements with fields. Use 'in' or 'contains'.", nameof(path))
            : path;
        Element = element;
    }

    /// <summary>Where the elements are: those of an array, or one value.</summary>
    public FieldPath Path { get; }

    /// <summary>What one of them must meet; its paths begin at the element.</summary>
    public Filter Element { get; }
}
