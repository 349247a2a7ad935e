namespace Undercroft.Files.Values;

/// <summary>What the file of a record holds: enough to tell it from any other content.</summary>
/// <param name="Kind">The kind, and so the extension; <see cref="ValueKind.None"/> means no file.</param>
/// <param name="Hash">The hash of the bytes.</param>
/// <param name="Length">How many bytes there are.</param>
internal readonly record struct FileMark(ValueKind Kind, UInt128 Hash, int Length);
