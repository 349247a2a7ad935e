using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>Reads the body of a response as JSON, whatever a server has sent.</summary>
internal static class JsonBody
{
    private const int DepthMax = 128;

    /// <summary>Reads it.</summary>
    /// <exception cref="NodeFailure">It is no JSON that can be read.</exception>
    public static JsonElement Read(byte[] body)
    {
        if (body.Length == 0)
        {
            throw new NodeFailure("the body is empty; expected JSON.");
        }

        if (body is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..] or [0, _, ..] or [_, 0, ..])
        {
            throw new NodeFailure("the body is in UTF-16 or UTF-32; expected UTF-8, as JSON is sent.");
        }

        var json = WithoutMark(body);
        var options = new JsonDocumentOptions { MaxDepth = DepthMax };
        try
        {
            if (JsonUnicode.FindFault(json, options) is { } fault)
            {
                var place = fault.Path.Length == 0 ? "the body" : $"the body, at {fault.Path},";
                throw new NodeFailure($"{place} {fault.Message}");
            }

            using var document = JsonDocument.Parse(json, options);
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new NodeFailure(
                IsTooDeep(json.Span)
                    ? $"the body is JSON that is nested more than {DepthMax} deep, which monitors do not read."
                    : $"the body is no JSON: {JsonPlace.Of(error)}.",
                error);
        }
    }

    /// <summary>The body without the mark of its encoding, which is no part of a text.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(byte[] body) =>
        body.AsMemory(body is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0);

    // The parser says only that it has stopped, not that it has stopped for this.
    private static bool IsTooDeep(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax + 1 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject
                    && reader.CurrentDepth >= DepthMax)
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            // Something else is wrong with it.
        }

        return false;
    }
}
