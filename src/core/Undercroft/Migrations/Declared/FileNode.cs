using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Undercroft.Migrations;

/// <summary>Something in a migration file is not understood.</summary>
[SuppressMessage("Design", "CA1064", Justification = "The reader of files turns it into one of misuse.")]
internal sealed class FileException(string place, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public string Place { get; } = place;
}

/// <summary>A value in a migration file, with its place.</summary>
internal sealed class FileNode(string place, JsonElement json)
{
    public JsonElement Json => json;

    public void Allow(params IReadOnlyList<string> names)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Wrong($"expected an object, found {Show()}.");
        }

        foreach (var member in json.EnumerateObject())
        {
            if (!names.Contains(member.Name))
            {
                throw new FileException(
                    $"{place}.{member.Name}",
                    $"there is no {Names.Show(member.Name)} here; expected {string.Join(", ", names)}.");
            }
        }
    }

    public FileNode? Find(string name) =>
        json.TryGetProperty(name, out var value) ? new FileNode($"{place}.{name}", value) : null;

    public FileNode Get(string name) => Find(name) ?? throw Wrong($"'{name}' is missing.");

    public string Text() => json.ValueKind == JsonValueKind.String && json.GetString() is { Length: > 0 } text
        ? text
        : throw Wrong($"expected a text that is not empty, found {Show()}.");

    public JsonNode? Value() => JsonNode.Parse(json.GetRawText());

    public DocumentPath Path() => Do(() => DocumentPath.Parse(Text()));

    public IEnumerable<FileNode> Items()
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            throw Wrong($"expected an array, found {Show()}.");
        }

        var i = 0;
        foreach (var item in json.EnumerateArray())
        {
            yield return new FileNode(string.Create(CultureInfo.InvariantCulture, $"{place}[{i++}]"), item);
        }
    }

    /// <summary>Does something whose complaints are about this value.</summary>
    public T Do<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ArgumentException error)
        {
            throw Wrong(error.ParamName is null
                ? error.Message
                : error.Message.Replace($" (Parameter '{error.ParamName}')", "", StringComparison.Ordinal), error);
        }
    }

    public FileException Wrong(string message, Exception? inner = null) => new(place, message, inner);

    private string Show()
    {
        var text = json.GetRawText();
        return text.Length > 40 ? $"{text[..40]}…" : text;
    }
}
