namespace Undercroft.Queries;

/// <summary>Counts what a query looked at.</summary>
internal sealed class QueryMeter
{
    public long Examined { get; set; }
}
