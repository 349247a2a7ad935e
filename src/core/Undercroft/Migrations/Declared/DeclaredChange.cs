using System.Text.Json.Nodes;

namespace Undercroft.Migrations;

/// <summary>One change of a declared step. It throws where the document is not as it says, so that nothing is lost
/// unseen.</summary>
internal abstract class DeclaredChange
{
    public virtual bool IsReversible => true;

    public abstract void Up(JsonObject document);

    public virtual void Down(JsonObject document) =>
        throw new NotSupportedException("There is no way back from it.");

    protected static InvalidOperationException Taken(object path) =>
        new($"There is something at '{path}' already.");
}

/// <summary>Gives properties another name, in their place among the others.</summary>
internal sealed class RenameChange(DocumentPath path, string name) : DeclaredChange
{
    public override void Up(JsonObject document) => Rename(document, path.Last, name);

    public override void Down(JsonObject document) => Rename(document, name, path.Last);

    private void Rename(JsonObject document, string from, string to)
    {
        foreach (var parent in path.Parents(document))
        {
            if (parent.ContainsKey(to))
            {
                throw Taken($"{path}' renamed to '{to}");
            }

            var at = parent.IndexOf(from);
            if (at >= 0)
            {
                var value = parent[at];
                parent.RemoveAt(at);
                parent.Insert(at, to, value);
            }
        }
    }
}

/// <summary>Moves a property elsewhere.</summary>
internal sealed class MoveChange(DocumentPath from, DocumentPath to) : DeclaredChange
{
    public override void Up(JsonObject document) => Move(document, from, to);

    public override void Down(JsonObject document)
    {
        Move(document, to, from);
        to.Prune(document);
    }

    private static void Move(JsonObject document, DocumentPath from, DocumentPath to)
    {
        if (to.Spots(document) is [{ Exists: true }])
        {
            throw Taken(to);
        }

        if (from.Spots(document) is [{ Exists: true } spot])
        {
            var value = spot.Value;
            spot.Remove();
            to.MakeParent(document)[to.Last] = value;
        }
    }
}

/// <summary>Takes properties out; down, puts a value in where one is given.</summary>
internal sealed class RemoveChange(DocumentPath path, JsonNode? restored, bool isReversible) : DeclaredChange
{
    public override bool IsReversible => isReversible;

    public override void Up(JsonObject document)
    {
        foreach (var parent in path.Parents(document))
        {
            _ = parent.Remove(path.Last);
        }
    }

    public override void Down(JsonObject document)
    {
        foreach (var parent in path.Parents(document))
        {
            _ = parent.TryAdd(path.Last, restored?.DeepClone());
        }
    }
}

/// <summary>Puts a value in: <c>add</c> where there must be none, <c>default</c> where there is none, <c>set</c> in any
/// case.</summary>
internal sealed class PutChange(DocumentPath path, JsonNode? value, bool mayExist, bool overwrites) : DeclaredChange
{
    public override bool IsReversible => !mayExist;

    public override void Up(JsonObject document)
    {
        foreach (var parent in path.Parents(document))
        {
            if (!parent.ContainsKey(path.Last) || overwrites)
            {
                parent[path.Last] = value?.DeepClone();
            }
            else if (!mayExist)
            {
                throw Taken(path);
            }
        }
    }

    public override void Down(JsonObject document)
    {
        foreach (var parent in path.Parents(document))
        {
            _ = parent.Remove(path.Last);
        }
    }
}

/// <summary>Puts values into objects of their own.</summary>
internal sealed class WrapChange(DocumentPath path, string inner, string? typeName, JsonObject? with) : DeclaredChange
{
    public override void Up(JsonObject document)
    {
        foreach (var spot in path.Spots(document).Where(static spot => spot.Exists))
        {
            var value = spot.Take();
            var wrapped = with?.DeepClone().AsObject() ?? [];
            if (typeName is not null)
            {
                wrapped[typeName] = ScalarKinds.NameOf(value);
            }

            wrapped[inner] = value;
            spot.Set(wrapped);
        }
    }

    public override void Down(JsonObject document)
    {
        foreach (var spot in path.Spots(document).Where(static spot => spot.Exists))
        {
            if (spot.Value is not JsonObject wrapped || !wrapped.ContainsKey(inner))
            {
                throw new InvalidOperationException($"At '{path}' there is no object with '{inner}'.");
            }

            var value = wrapped[inner];
            _ = wrapped.Remove(inner);
            spot.Set(value);
        }
    }
}

/// <summary>Turns values of one type into another, where nothing is lost by it. Null stays null.</summary>
internal sealed class ConvertChange(DocumentPath path, string? from, string to) : DeclaredChange
{
    public override bool IsReversible => from is not null;

    public override void Up(JsonObject document) => Convert(document, from, to);

    public override void Down(JsonObject document) => Convert(document, to, from!);

    private void Convert(JsonObject document, string? expected, string wanted)
    {
        foreach (var spot in path.Spots(document).Where(static spot => spot.Value is not null))
        {
            var kind = ScalarKinds.NameOf(spot.Value);
            if (kind == wanted && expected is null)
            {
                continue;
            }

            var converted = expected is null || kind == expected ? ScalarKinds.Convert(spot.Value!, wanted) : null;
            if (converted is null ||
                (expected is not null && !JsonNode.DeepEquals(ScalarKinds.Convert(converted, expected), spot.Value)))
            {
                throw new InvalidOperationException(
                    $"At '{path}' the value {spot.Value!.ToJsonString()} is no {expected ?? "value"} that turns into " +
                    $"a {wanted} without loss.");
            }

            spot.Set(converted);
        }
    }
}

/// <summary>Turns certain values into others.</summary>
internal sealed class MapChange : DeclaredChange
{
    private readonly DocumentPath path;
    private readonly IReadOnlyList<(JsonNode? From, JsonNode? To)> pairs;
    private readonly bool keepsUnlisted;

    public MapChange(DocumentPath path, IReadOnlyList<(JsonNode? From, JsonNode? To)> pairs, bool keepsUnlisted)
    {
        this.path = path;
        this.pairs = pairs;
        this.keepsUnlisted = keepsUnlisted;
        IsReversible = pairs.Select(static pair => pair.To?.ToJsonString()).Distinct().Count() == pairs.Count;
    }

    public override bool IsReversible { get; }

    public override void Up(JsonObject document) => Map(document, pairs);

    public override void Down(JsonObject document) =>
        Map(document, [.. pairs.Select(static pair => (pair.To, pair.From))]);

    private void Map(JsonObject document, IReadOnlyList<(JsonNode? From, JsonNode? To)> table)
    {
        foreach (var spot in path.Spots(document).Where(static spot => spot.Exists))
        {
            var at = table.ToList().FindIndex(pair => JsonNode.DeepEquals(pair.From, spot.Value));
            if (at >= 0)
            {
                spot.Set(table[at].To?.DeepClone());
            }
            else if (!keepsUnlisted || table.Any(pair => JsonNode.DeepEquals(pair.To, spot.Value)))
            {
                throw new InvalidOperationException(
                    $"At '{path}' the value {spot.Value?.ToJsonString() ?? "null"} is none of those that are mapped.");
            }
        }
    }
}
