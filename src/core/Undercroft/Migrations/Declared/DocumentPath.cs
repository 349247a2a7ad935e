using System.Text.Json.Nodes;
using Undercroft.Indexes;

namespace Undercroft.Migrations;

/// <summary>The way to places in a document: property names joined by dots, where <c>*</c> is every element of an array
/// and every property of an object.</summary>
internal sealed class DocumentPath
{
    private const string Every = "*";

    private readonly string text;
    private readonly IReadOnlyList<string> names;

    private DocumentPath(string text, IReadOnlyList<string> names)
    {
        this.text = text;
        this.names = names;
    }

    /// <summary>Whether it may reach several places.</summary>
    public bool IsMany => names.Contains(Every);

    /// <summary>The last name.</summary>
    public string Last => names[^1];

    public static DocumentPath Parse(string text)
    {
        var path = FieldPath.Parse(text);
        return path.IsRecordField
            ? throw new ArgumentException($"{Names.Show(text)} is no property: write \\{text} for one of that name.")
            : new DocumentPath(text, path.Names);
    }

    /// <summary>Whether another place is here or inside.</summary>
    public bool Holds(DocumentPath other) => names.SequenceEqual(other.names.Take(names.Count));

    /// <summary>The objects the last name may be in.</summary>
    public IReadOnlyList<JsonObject> Parents(JsonObject document) => [.. Holders(document).OfType<JsonObject>()];

    /// <summary>The places there are, and those that are missing in an object that is there.</summary>
    public IReadOnlyList<DocumentSpot> Spots(JsonObject document) =>
        [.. Holders(document).SelectMany(node => DocumentSpot.In(node, Last))];

    /// <summary>The object the last name is in, made where it is missing.</summary>
    public JsonObject MakeParent(JsonObject document)
    {
        var parent = document;
        foreach (var name in names.Take(names.Count - 1))
        {
            if (!parent.ContainsKey(name))
            {
                parent[name] = new JsonObject();
            }

            parent = parent[name] as JsonObject
                ?? throw new InvalidOperationException($"On the way to '{text}', '{name}' is no object.");
        }

        return parent;
    }

    /// <summary>Removes the objects on the way that nothing is in any more.</summary>
    public void Prune(JsonObject document)
    {
        for (var depth = names.Count - 1; depth > 0; depth--)
        {
            if (new DocumentPath(text, [.. names.Take(depth)]).Spots(document) is not [var above] ||
                above.Value is not JsonObject { Count: 0 })
            {
                return;
            }

            above.Remove();
        }
    }

    public override string ToString() => text;

    private IReadOnlyList<JsonNode?> Holders(JsonObject document)
    {
        IReadOnlyList<JsonNode?> nodes = [document];
        foreach (var name in names.Take(names.Count - 1))
        {
            nodes = [.. nodes.SelectMany(node => DocumentSpot.In(node, name)).Select(static spot => spot.Value)];
        }

        return nodes;
    }
}
