namespace Undercroft.Files.Values;

/// <summary>What a value is, and so which extension its file has.</summary>
internal enum ValueKind
{
    /// <summary>There is no value, and no file.</summary>
    None = 0,

    /// <summary>One whole JSON document: <c>.json</c>.</summary>
    Json = 1,

    /// <summary>Anything else: <c>.bin</c>.</summary>
    Binary = 2,
}
