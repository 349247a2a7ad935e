namespace Undercroft.Queries;

/// <summary>Wants documents that at least one of its filters wants.</summary>
public sealed class OrFilter : Filter
{
    private OrFilter(Filter[] filters) => Filters = filters;

    /// <summary>The filters, two or more; none of them is an <see cref="OrFilter"/>.</summary>
    public IReadOnlyList<Filter> Filters { get; }

    internal static Filter Make(IEnumerable<Filter> filters)
    {
        ArgumentNullException.ThrowIfNull(filters);
        Filter[] flat =
        [
            .. filters.SelectMany(static filter =>
                filter is null ? throw new ArgumentNullException(nameof(filters))
                : filter is OrFilter some ? some.Filters
                : [filter]),
        ];
        return flat.Length switch
        {
            0 => throw new ArgumentException("An 'or' needs at least one filter; found none.", nameof(filters)),
            1 => flat[0],
            _ => new OrFilter(flat),
        };
    }
}
