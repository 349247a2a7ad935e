using System.Text.Json;
using System.Text.Json.Nodes;

namespace Undercroft.Migrations;

/// <summary>Reads the changes of a declared step.</summary>
internal static class ChangeReader
{
    private static readonly string[] Verbs =
        ["rename", "move", "remove", "set", "add", "default", "wrap", "convert", "map"];

    public static DeclaredChange Read(FileNode change)
    {
        if (change.Json.ValueKind != JsonValueKind.Object)
        {
            throw change.Wrong("expected an object such as {\"rename\": \"name\", \"to\": \"title\"}.");
        }

        var verbs = Verbs.Where(verb => change.Find(verb) is not null).ToList();
        if (verbs.Count != 1)
        {
            throw change.Wrong($"expected exactly one of {string.Join(", ", Verbs)}; found {verbs.Count}.");
        }

        var path = change.Get(verbs[0]).Path();
        return verbs[0] switch
        {
            "rename" => Rename(change, path),
            "move" => Move(change, path),
            "remove" => Remove(change, path),
            "wrap" => Wrap(change, path),
            "convert" => Convert(change, path),
            "map" => Map(change, path),
            var verb => Put(change, path, verb),
        };
    }

    private static RenameChange Rename(FileNode change, DocumentPath path)
    {
        change.Allow("rename", "to");
        CheckNamed(change, "rename", path);
        return new RenameChange(path, change.Get("to").Text());
    }

    private static MoveChange Move(FileNode change, DocumentPath path)
    {
        change.Allow("move", "to");
        var to = change.Get("to").Path();
        return path.IsMany || to.IsMany
            ? throw change.Wrong("a move is from one place to one other: expected paths without *.")
            : path.Holds(to) || to.Holds(path)
            ? throw change.Wrong($"nothing can move into itself or what it is in: found '{path}' and '{to}'.")
            : new MoveChange(path, to);
    }

    private static RemoveChange Remove(FileNode change, DocumentPath path)
    {
        change.Allow("remove", "restore");
        CheckNamed(change, "remove", path);
        var restore = change.Find("restore");
        return new RemoveChange(path, restore?.Value(), restore is not null);
    }

    private static PutChange Put(FileNode change, DocumentPath path, string verb)
    {
        change.Allow(verb, "value");
        CheckNamed(change, verb, path);
        return new PutChange(path, change.Get("value").Value(), verb != "add", verb == "set");
    }

    private static WrapChange Wrap(FileNode change, DocumentPath path)
    {
        change.Allow("wrap", "in", "typeIn", "with");
        var with = change.Find("with");
        return with is not null && with.Value() is not JsonObject
            ? throw with.Wrong("expected an object.")
            : new WrapChange(path, change.Get("in").Text(), change.Find("typeIn")?.Text(), (JsonObject?)with?.Value());
    }

    private static ConvertChange Convert(FileNode change, DocumentPath path)
    {
        change.Allow("convert", "from", "to");
        return new ConvertChange(path, change.Find("from") is { } from ? Kind(from) : null, Kind(change.Get("to")));
    }

    private static MapChange Map(FileNode change, DocumentPath path)
    {
        change.Allow("map", "values", "unlisted");
        var pairs = change.Get("values").Items().Select(static pair => pair.Items().ToList() is [var from, var to]
            ? (from.Value(), to.Value())
            : throw pair.Wrong("expected a pair of values: [old, new].")).ToList();
        var unlisted = change.Find("unlisted");
        return unlisted is null || unlisted.Text() is "keep" or "fail"
            ? new MapChange(path, pairs, unlisted?.Text() == "keep")
            : throw unlisted.Wrong("expected 'fail' or 'keep'.");
    }

    private static string Kind(FileNode node) =>
        node.Text() is ScalarKinds.Text or ScalarKinds.Number or ScalarKinds.Boolean
            ? node.Text()
            : throw node.Wrong($"expected text, number or boolean; found {Names.Show(node.Text())}.");

    private static void CheckNamed(FileNode change, string verb, DocumentPath path)
    {
        if (path.Last == "*")
        {
            throw change.Get(verb).Wrong("expected a path that ends in a name, not in *.");
        }
    }
}
