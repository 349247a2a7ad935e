using System.Globalization;
using System.Text.Json;

namespace Undercroft.Migrations;

/// <summary>Finds the line a place in a JSON text is on.</summary>
internal static class JsonLines
{
    /// <summary>Gives the line, counted from 1, of a place such as <c>$.steps[2].from</c>.</summary>
    public static int Of(ReadOnlySpan<byte> json, string place)
    {
        var reader = new Utf8JsonReader(
            json, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        _ = reader.Read();
        var at = Find(ref reader, "$", place);
        return 1 + json[..(int)Math.Max(at, 0)].Count((byte)'\n');
    }

    // Stands on the value at a path; leaves on its last token. Negative where the place is not in it.
    private static long Find(ref Utf8JsonReader reader, string path, string place)
    {
        if (path == place)
        {
            return reader.TokenStartIndex;
        }

        var isArray = reader.TokenType == JsonTokenType.StartArray;
        if (!isArray && reader.TokenType != JsonTokenType.StartObject)
        {
            return -1;
        }

        for (var i = 0; reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray);
            i++)
        {
            var next = isArray
                ? string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]")
                : $"{path}.{reader.GetString()}";
            if (!isArray)
            {
                _ = reader.Read();
            }

            var inside = Find(ref reader, next, place);
            if (inside >= 0)
            {
                return inside;
            }
        }

        return -1;
    }
}
