namespace Undercroft.Stories;

/// <summary>One documented kind of <see cref="ConversionEntry"/>. Codes, once shipped, keep their meaning.</summary>
/// <param name="Code">The stable code, such as <c>TWEE-TRIM</c>.</param>
/// <param name="Outcome">What becomes of the thing.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Reason">Why it happens.</param>
/// <param name="Hint">What the author can do about it.</param>
public sealed record ConversionRule(
    string Code, ConversionOutcome Outcome, ConversionSeverity Severity, string Reason, string Hint)
{
    /// <summary>Whether the model read back may differ where an entry of this rule points.</summary>
    internal bool Alters { get; init; } =
        Outcome is ConversionOutcome.Approximated or ConversionOutcome.Dropped or ConversionOutcome.Invented;
}
