namespace Undercroft.Queries;

/// <summary>How a <see cref="Condition"/> compares a value.</summary>
public enum ConditionOperator
{
    /// <summary>Is equal: numbers by value, strings by their characters, times by their instant.</summary>
    Equal = 0,

    /// <summary>Is of the same kind and less.</summary>
    Less,

    /// <summary>Is of the same kind and not greater.</summary>
    LessOrEqual,

    /// <summary>Is of the same kind and greater.</summary>
    Greater,

    /// <summary>Is of the same kind and not less.</summary>
    GreaterOrEqual,

    /// <summary>Is equal to one of several.</summary>
    In,

    /// <summary>Is a string that begins with another.</summary>
    StartsWith,

    /// <summary>Is a string that has another in it; an element of an array must be equal instead.</summary>
    Contains,
}
