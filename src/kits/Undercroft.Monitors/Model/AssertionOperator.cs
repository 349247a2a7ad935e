namespace Undercroft.Monitors;

/// <summary>What an assertion asks. In JSON the names are in capitals, with underscores.</summary>
public enum AssertionOperator
{
    /// <summary><c>EQUAL</c>.</summary>
    Equal = 0,

    /// <summary><c>NOT_EQUAL</c>.</summary>
    NotEqual,

    /// <summary><c>GREATER_THAN</c>: of numbers, or of texts by code point.</summary>
    GreaterThan,

    /// <summary><c>LESS_THAN</c>.</summary>
    LessThan,

    /// <summary><c>GREATER_THAN_OR_EQUAL</c>.</summary>
    GreaterThanOrEqual,

    /// <summary><c>LESS_THAN_OR_EQUAL</c>.</summary>
    LessThanOrEqual,

    /// <summary><c>CONTAINS</c>: a text a text, an array an element, an object a name.</summary>
    Contains,

    /// <summary><c>NOT_CONTAINS</c>.</summary>
    NotContains,

    /// <summary><c>STARTS_WITH</c>.</summary>
    StartsWith,

    /// <summary><c>ENDS_WITH</c>.</summary>
    EndsWith,

    /// <summary><c>NOT_STARTS_WITH</c>.</summary>
    NotStartsWith,

    /// <summary><c>NOT_ENDS_WITH</c>.</summary>
    NotEndsWith,

    /// <summary><c>IS_NULL</c>: null, or not there.</summary>
    IsNull,

    /// <summary><c>IS_NOT_NULL</c>.</summary>
    IsNotNull,

    /// <summary><c>IS_TRUE</c>.</summary>
    IsTrue,

    /// <summary><c>IS_FALSE</c>.</summary>
    IsFalse,

    /// <summary><c>IS_EMPTY</c>: null, not there, or a text, array or object with nothing in it.</summary>
    IsEmpty,

    /// <summary><c>IS_NOT_EMPTY</c>.</summary>
    IsNotEmpty,
}
