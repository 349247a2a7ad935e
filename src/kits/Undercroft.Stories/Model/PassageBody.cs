namespace Undercroft.Stories;

/// <summary>A passage's text: as a string, or as the JSON it was read in, to be decoded when somebody asks for it. Both
/// are equal where their texts are.</summary>
/// <param name="value">A string, a <see cref="LateText"/>, or null.</param>
internal readonly struct PassageBody(object? value) : IEquatable<PassageBody>
{
    private readonly object? value = value;

    /// <summary>Whether there is one: a document written by hand may say null.</summary>
    public bool IsThere => value is not null;

    /// <summary>The text.</summary>
    public string Text => value as string ?? ((LateText?)value)?.Text!;

    public bool Equals(PassageBody other) => ReferenceEquals(value, other.value) || Text == other.Text;

    public override bool Equals(object? obj) => obj is PassageBody other && Equals(other);

    public override int GetHashCode() => Text?.GetHashCode(StringComparison.Ordinal) ?? 0;
}
