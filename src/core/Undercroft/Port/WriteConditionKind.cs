namespace Undercroft;

/// <summary>The kinds of <see cref="WriteCondition"/>.</summary>
public enum WriteConditionKind
{
    /// <summary>Nothing is asked.</summary>
    Any = 0,

    /// <summary>There must be no such record.</summary>
    Absent,

    /// <summary>There must be such a record.</summary>
    Present,

    /// <summary>The record must be at one revision.</summary>
    Revision,

    /// <summary>The meta must hold one text.</summary>
    Meta,
}
