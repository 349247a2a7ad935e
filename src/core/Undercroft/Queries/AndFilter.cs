namespace Undercroft.Queries;

/// <summary>Wants documents that all its filters want.</summary>
public sealed class AndFilter : Filter
{
    internal AndFilter(Filter[] filters) => Filters = filters;

    /// <summary>The filters; none of them is an <see cref="AndFilter"/>. Empty wants every document.</summary>
    public IReadOnlyList<Filter> Filters { get; }

    internal static Filter Make(IEnumerable<Filter> filters)
    {
        ArgumentNullException.ThrowIfNull(filters);
        Filter[] flat =
        [
            .. filters.SelectMany(static filter =>
                filter is null ? throw new ArgumentNullException(nameof(filters))
                : filter is AndFilter all ? all.Filters
                : [filter]),
        ];
        return flat.Length switch
        {
            0 => All,
            1 => flat[0],
            _ => new AndFilter(flat),
        };
    }
}
