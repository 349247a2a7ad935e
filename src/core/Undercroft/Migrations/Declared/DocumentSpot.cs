using System.Text.Json.Nodes;

namespace Undercroft.Migrations;

/// <summary>One place in a document: a property of an object, there or not, or an element of an array.</summary>
internal readonly record struct DocumentSpot(JsonNode Parent, string? Name, int Index)
{
    public bool Exists => Parent is not JsonObject parent || parent.ContainsKey(Name!);

    public JsonNode? Value => Parent is JsonObject parent ? parent[Name!] : Parent[Index];

    /// <summary>Finds the places a name means in a value.</summary>
    public static IEnumerable<DocumentSpot> In(JsonNode? node, string name) => (node, name) switch
    {
        (JsonObject all, "*") => [.. all.Select(pair => new DocumentSpot(all, pair.Key, -1))],
        (JsonArray all, "*") => Enumerable.Range(0, all.Count).Select(i => new DocumentSpot(all, null, i)),
        (JsonObject one, _) => [new DocumentSpot(one, name, -1)],
        _ => [],
    };

    /// <summary>Takes the value out, so that it can go elsewhere.</summary>
    public JsonNode? Take()
    {
        var value = Value;
        Set(null);
        return value;
    }

    public void Set(JsonNode? value)
    {
        if (Parent is JsonObject parent)
        {
            parent[Name!] = value;
        }
        else
        {
            Parent[Index] = value;
        }
    }

    public void Remove() => ((JsonObject)Parent).Remove(Name!);
}
