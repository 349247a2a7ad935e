namespace Undercroft.Queries;

/// <summary>Wants documents that its filter does not want.</summary>
public sealed class NotFilter : Filter
{
    /// <summary>Makes the filter.</summary>
    public NotFilter(Filter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        Inner = filter;
    }

    /// <summary>What is not wanted.</summary>
    public Filter Inner { get; }
}
