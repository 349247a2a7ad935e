namespace Undercroft.Stories;

/// <summary>What a writer found when it read its own output back and compared it with the model.</summary>
/// <param name="Differences">Differences that entries of the report announce.</param>
/// <param name="Unreported">Differences without an entry: a fault of the writer, listed as
/// <c>VERIFY-UNREPORTED</c>.</param>
public sealed record ConversionVerification(int Differences, int Unreported);
