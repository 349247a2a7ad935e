using System.Text.Json;
using System.Text.Unicode;

namespace Undercroft.Monitors;

/// <summary>Finds texts and names that are no Unicode: JSON that is well formed can hold half of a surrogate pair, or
/// bytes that are no UTF-8, and then reading it as text fails.</summary>
internal static class JsonUnicode
{
    private const string Half = "half of a surrogate pair, or bytes that are no UTF-8; expected whole characters.";

    /// <summary>The first fault; null where there is none.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static PlanProblem? FindFault(ReadOnlyMemory<byte> json, JsonDocumentOptions options)
    {
        // Nothing else can write one, and next to nothing holds it.
        if (Utf8.IsValid(json.Span) && json.Span.IndexOf("\\ud"u8) < 0 && json.Span.IndexOf("\\uD"u8) < 0)
        {
            return null;
        }

        using var document = JsonDocument.Parse(json, options);
        return Find(document.RootElement);
    }

    // The path is put together on the way back: a hostile body has long names around much that is whole.
    private static PlanProblem? Find(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                return TryDecode(json.GetString) is null ? new PlanProblem("", $"holds {Half}") : null;
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    if (TryDecode(() => member.Name) is not { } name)
                    {
                        return new PlanProblem("", $"has a member whose name holds {Half}");
                    }

                    if (Find(member.Value) is { } fault)
                    {
                        return Within(name, fault);
                    }
                }

                return null;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var element in json.EnumerateArray())
                {
                    if (Find(element) is { } fault)
                    {
                        return Within($"[{index}]", fault);
                    }

                    index++;
                }

                return null;
            default:
                return null;
        }
    }

    private static PlanProblem Within(string step, PlanProblem fault) =>
        fault with { Path = fault.Path is "" or ['[', ..] ? step + fault.Path : $"{step}.{fault.Path}" };

    private static string? TryDecode(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
