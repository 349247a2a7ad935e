using System.Globalization;

namespace Undercroft.Stories;

/// <summary>What the start tag of a passage, script or stylesheet says.</summary>
internal sealed record HtmlHead
{
    private static readonly string[] PassageNames = ["pid", "name", "tags", "position", "size"];
    private static readonly string[] CodeNames = ["role", "id", "type"];

    public string? Pid { get; private init; }

    public string Name { get; private init; } = "";

    public IReadOnlyList<string> Tags { get; private init; } = [];

    public PassagePoint? Position { get; private init; }

    public PassagePoint? Size { get; private init; }

    public IReadOnlyList<StoryField> Fields { get; private init; } = [];

    public IReadOnlyDictionary<string, string> Extensions { get; private init; } = NoExtensions.Value;

    /// <summary>Whether the name was not in the file: scripts and stylesheets have none.</summary>
    public bool IsNamedHere { get; private init; }

    /// <summary>Whether the element says something beyond being a script or stylesheet.</summary>
    public bool HasData { get; private init; }

    public static HtmlHead OfPassage(HtmlTag tag)
    {
        var rest = HtmlRest.Of(tag, PassageNames);
        return new HtmlHead
        {
            Pid = tag["pid"],
            Name = tag["name"] ?? "",
            Tags = HtmlRest.Words(tag["tags"]),
            Position = Optional.Point(tag["position"]),
            Size = Optional.Point(tag["size"]),
            Fields = rest.Fields,
            Extensions = rest.Carrier.Extensions,
        };
    }

    /// <summary>Reads the tag of a script or stylesheet; <paramref name="number"/> counts those of its kind from
    /// 1.</summary>
    public static HtmlHead OfCode(HtmlTag tag, PassageKind kind, int number)
    {
        var rest = HtmlRest.Of(tag, CodeNames);
        return new HtmlHead
        {
            Name = rest.Carrier.Name ?? NameOf(kind, number),
            IsNamedHere = rest.Carrier.Name is null,
            Tags = rest.Carrier.Tags ?? [TweePassages.TagOf(kind)],
            Position = Optional.Point(rest.Carrier.Position),
            Size = Optional.Point(rest.Carrier.Size),
            Fields = rest.Fields,
            Extensions = rest.Carrier.Extensions,
            HasData = !rest.Carrier.IsEmpty || rest.Fields.Count > 0,
        };
    }

    /// <summary>The name that the n-th script or stylesheet of a file gets, which is how Twine names the first in
    /// Twee.</summary>
    public static string NameOf(PassageKind kind, int number)
    {
        var name = kind == PassageKind.Script ? "StoryScript" : "StoryStylesheet";
        return number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} {number}");
    }

    /// <summary>Whether the tag says what a passage says, given the tags as they can be written.</summary>
    public bool Says(Passage passage, IReadOnlyList<string> tags) =>
        Name == passage.Name && Tags.SequenceEqual(tags)
        && (Position?.Raw ?? "") == (passage.Position?.Raw ?? "") && (Size?.Raw ?? "") == (passage.Size?.Raw ?? "")
        && Fields.SequenceEqual(passage.Fields)
        && Extensions.Count == passage.Extensions.Count && !Extensions.Except(passage.Extensions).Any();
}
