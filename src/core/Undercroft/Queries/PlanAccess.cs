namespace Undercroft.Queries;

/// <summary>How a query finds its documents, the cheapest first.</summary>
public enum PlanAccess
{
    /// <summary>By their ids: one read.</summary>
    Ids = 0,

    /// <summary>By a range of ids.</summary>
    IdRange,

    /// <summary>By ranges of an index.</summary>
    Index,

    /// <summary>By several ways, united.</summary>
    Union,

    /// <summary>By looking at every document.</summary>
    FullScan,
}
