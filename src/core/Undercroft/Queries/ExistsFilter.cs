using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Wants documents where a path is there, whatever it holds: null and an empty array count.</summary>
public sealed class ExistsFilter : Filter
{
    /// <summary>Makes the filter.</summary>
    public ExistsFilter(FieldPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Path = path;
    }

    /// <summary>What must be there.</summary>
    public FieldPath Path { get; }
}
