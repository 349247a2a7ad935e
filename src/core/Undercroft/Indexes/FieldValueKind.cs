namespace Undercroft.Indexes;

/// <summary>The kinds of values of fields, in their order: every value of one kind is below every value of the next.
/// </summary>
public enum FieldValueKind
{
    /// <summary>Null, and what is missing, and an empty array.</summary>
    Null = 0,

    /// <summary>False, then true.</summary>
    Boolean,

    /// <summary>A number, by its exact decimal value.</summary>
    Number,

    /// <summary>A string, by its UTF-8 bytes.</summary>
    Text,

    /// <summary>An instant, to the 100 nanoseconds; only of fields of <see cref="FieldKind.Time"/>.</summary>
    Time,

    /// <summary>An object: all are equal here; index the fields inside it.</summary>
    AnyObject,
}
