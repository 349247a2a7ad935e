namespace Undercroft.Stories;

/// <summary>How a dialect of whisker writes variables.</summary>
internal enum WhiskerVariableForm
{
    /// <summary><c>[{"name", "type", "initial"}]</c>.</summary>
    List = 0,

    /// <summary><c>{name: {"type", "default"}}</c>.</summary>
    Typed,

    /// <summary><c>{name: value}</c>.</summary>
    Plain,
}
