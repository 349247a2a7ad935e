namespace Undercroft.Stories;

/// <summary>One member of an object, by its positions in the text.</summary>
/// <param name="Name">The name, decoded.</param>
/// <param name="Start">Where the name's quote is.</param>
/// <param name="ValueStart">Where the value begins.</param>
/// <param name="End">Where the value ends.</param>
internal readonly record struct JsonMember(string Name, int Start, int ValueStart, int End);
