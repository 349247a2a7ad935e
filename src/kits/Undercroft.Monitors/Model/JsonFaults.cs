using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>Says what is wrong with JSON and where, counted from one: the reader's own sentence ends in a notation of
/// its own that counts from zero.</summary>
internal static class JsonFaults
{
    /// <summary>Says where, such as <c>line 1, byte 2</c>; empty where the reader does not say.</summary>
    public static string Place(JsonException error) => error.LineNumber is { } line
        ? FormattableString.Invariant($"line {line + 1}, byte {(error.BytePositionInLine ?? 0) + 1}")
        : "";

    /// <summary>Says where and what.</summary>
    public static string Describe(JsonException error)
    {
        var place = Place(error);
        var reason = error.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0];
        return place.Length == 0 ? reason : $"{place}: {reason}";
    }
}
