using System.Text.Json;

namespace Undercroft;

/// <summary>Says what is wrong with JSON and where, once, counted from one, to whoever wrote the text: the reader's own
/// sentence speaks to the program that called it, and ends in a notation of its own that counts from zero.</summary>
public static class JsonPlace
{
    private const string DepthStart = "The maximum configured depth of ";

    // What the reader tells the programmer who calls it, and not who wrote the text.
    private static readonly string[] Asides =
    [
        " Expected the input to start with a valid JSON token, when isFinalBlock is true.",
        " which is not supported in this mode. Change the reader options.",
        " encountered during deserialization",
    ];

    /// <summary>Says where, such as <c>line 1, byte 2</c>.</summary>
    /// <param name="error">What the reader has thrown.</param>
    public static string Of(JsonException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return FormattableString.Invariant(
            $"line {(error.LineNumber ?? 0) + 1}, byte {(error.BytePositionInLine ?? 0) + 1}");
    }

    /// <summary>Says what, without a full stop.</summary>
    /// <param name="error">What the reader has thrown; of another error, its own sentence.</param>
    public static string Reason(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var reason = error.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0].TrimEnd(' ', '|');
        if (reason.StartsWith(DepthStart, StringComparison.Ordinal))
        {
            return $"It is nested more than {reason[DepthStart.Length..].Split(' ')[0]} deep";
        }

        if (reason.StartsWith("Expected depth to be zero", StringComparison.Ordinal))
        {
            return "It ends inside an object or array";
        }

        foreach (var aside in Asides)
        {
            reason = reason.Replace(aside, "", StringComparison.Ordinal);
        }

        return reason.TrimEnd('.');
    }

    /// <summary>Says where, if the reader knows it, and what, without a full stop.</summary>
    /// <param name="error">What the reader has thrown.</param>
    public static string Describe(JsonException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.LineNumber is null ? Reason(error) : $"{Of(error)}: {Reason(error)}";
    }
}
