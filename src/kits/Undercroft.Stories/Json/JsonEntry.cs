namespace Undercroft.Stories;

/// <summary>One entry of a list of passages.</summary>
/// <param name="Start">Where it begins in the file.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Raw">Its text: an object, or a member whose value is one.</param>
/// <param name="After">What stands between it and the next entry; empty for the last.</param>
internal readonly record struct JsonEntry(int Start, int End, string Raw, string After);
