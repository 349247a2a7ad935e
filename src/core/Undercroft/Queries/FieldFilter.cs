using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Wants documents where one value of a path meets all conditions.</summary>
public sealed class FieldFilter : Filter
{
    /// <summary>Makes the filter.</summary>
    /// <exception cref="ArgumentException">There is no condition.</exception>
    public FieldFilter(FieldPath path, IEnumerable<Condition> conditions)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(conditions);
        Path = path;
        Conditions = [.. conditions];
        if (Conditions.Count == 0)
        {
            throw new ArgumentException($"The filter on '{path}' needs a condition; found none.", nameof(conditions));
        }
    }

    /// <summary>Where the values are.</summary>
    public FieldPath Path { get; }

    /// <summary>What one of them must be like, all at once.</summary>
    public IReadOnlyList<Condition> Conditions { get; }

    /// <summary>How values are read: as times where a time is among those compared with.</summary>
    internal FieldKind Kind => HasValueOf(FieldValueKind.Time) ? FieldKind.Time : FieldKind.Default;

    internal bool HasValueOf(FieldValueKind kind) =>
        Conditions.Any(condition => condition.Values.Any(value => value.Kind == kind));
}
