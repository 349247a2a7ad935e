namespace Undercroft.Queries;

/// <summary>Where the order of a query comes from.</summary>
public enum PlanOrder
{
    /// <summary>None is asked for.</summary>
    None = 0,

    /// <summary>From the way the documents are found: pages end early, deep pages cost what first ones do.</summary>
    Found,

    /// <summary>From a sort: every page looks at everything the filter leaves.</summary>
    Sorted,
}
