namespace Undercroft.Indexes;

/// <summary>How the values of a field are compared.</summary>
public enum FieldKind
{
    /// <summary>As JSON has them: null, false, true, numbers by value, strings by their UTF-8 bytes.</summary>
    Default = 0,

    /// <summary>Strings that are ISO 8601 times are compared as instants; all else as JSON has it.</summary>
    Time,
}
