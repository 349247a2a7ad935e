using System.Text.Json;

namespace Undercroft;

/// <summary>Says what is wrong with JSON and where, once, counted from one: the reader's own sentence ends in a
/// notation of its own that counts from zero.</summary>
internal static class JsonPlace
{
    /// <summary>Says where, such as <c>line 1, byte 2</c>.</summary>
    public static string Of(JsonException error) => FormattableString.Invariant(
        $"line {(error.LineNumber ?? 0) + 1}, byte {(error.BytePositionInLine ?? 0) + 1}");

    /// <summary>Says what, without a full stop.</summary>
    public static string Reason(Exception error) =>
        error.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0].TrimEnd('.');
}
