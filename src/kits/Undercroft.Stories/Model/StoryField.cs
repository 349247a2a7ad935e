namespace Undercroft.Stories;

/// <summary>A named value that the model keeps without understanding it.</summary>
/// <param name="Name">The key or attribute name, as written.</param>
/// <param name="Value">The text; or the JSON text where <paramref name="IsJson"/>.</param>
/// <param name="IsJson">Whether the source holds a JSON value that is not a string.</param>
public sealed record StoryField(string Name, string Value, bool IsJson = false);
