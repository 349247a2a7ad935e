using System.Text.Json;

namespace Undercroft;

/// <summary>Says what is wrong with JSON and where, once, counted from one: the reader's own sentence ends in a
/// notation of its own that counts from zero.</summary>
internal static class JsonPlace
{
    // What the reader tells the programmer who calls it, and not who wrote the text.
    private static readonly string[] Asides =
    [
        " Expected the input to start with a valid JSON token, when isFinalBlock is true.",
        " which is not supported in this mode. Change the reader options.",
        " encountered during deserialization",
    ];

    /// <summary>Says where, such as <c>line 1, byte 2</c>.</summary>
    public static string Of(JsonException error) => FormattableString.Invariant(
        $"line {(error.LineNumber ?? 0) + 1}, byte {(error.BytePositionInLine ?? 0) + 1}");

    /// <summary>Says what, without a full stop.</summary>
    public static string Reason(Exception error)
    {
        var reason = error.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0];
        foreach (var aside in Asides)
        {
            reason = reason.Replace(aside, "", StringComparison.Ordinal);
        }

        return reason.TrimEnd('.');
    }
}
