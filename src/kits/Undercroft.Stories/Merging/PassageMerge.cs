namespace Undercroft.Stories;

/// <summary>Merges two versions of one passage.</summary>
internal static class PassageMerge
{
    /// <summary>Merges field by field; the text line by line.</summary>
    /// <param name="original">What both began with; null where both added it.</param>
    /// <param name="local">The one version.</param>
    /// <param name="remote">The other version.</param>
    /// <param name="conflicts">Where contradictions go.</param>
    public static Passage Merge(
        Passage? original, Passage local, Passage remote, ICollection<StoryConflict> conflicts)
    {
        if (ReferenceEquals(local, remote) || ReferenceEquals(original, remote))
        {
            return local;
        }

        if (ReferenceEquals(original, local))
        {
            return remote;
        }

        var isNew = original is null;
        var before = original ?? new Passage { Id = local.Id };
        var name = new FieldMerge(local.Id, local.Name, isNew, conflicts)
            .Pick("name", before.Name, local.Name, remote.Name, static text => text);
        var fields = new FieldMerge(local.Id, name, isNew, conflicts);
        return new Passage
        {
            Id = local.Id,
            Name = name,
            Kind = fields.Pick("kind", before.Kind, local.Kind, remote.Kind, static kind => kind.ToString()),
            Tags = fields.Set("tags", before.Tags, local.Tags, remote.Tags),
            Body = fields.Text("body", before.Body, local.Body, remote.Body),
            Position = fields.Pick(
                "position", before.Position, local.Position, remote.Position, static point => point?.Raw),
            Size = fields.Pick("size", before.Size, local.Size, remote.Size, static point => point?.Raw),
            Fields = fields.StoryFields(before.Fields, local.Fields, remote.Fields),
            Extensions = fields.Extensions(before.Extensions, local.Extensions, remote.Extensions),
            Source = FieldMerge.Source(before.Source, local.Source, remote.Source, Equals),
        };
    }

    /// <summary>Whether two versions say the same; how a file wrote them is not part of it.</summary>
    public static bool AreSame(Passage left, Passage right) =>
        ReferenceEquals(left, right)
        || (left.Name == right.Name
            && left.Kind == right.Kind
            && left.Body == right.Body
            && left.Position?.Raw == right.Position?.Raw
            && left.Size?.Raw == right.Size?.Raw
            && left.Tags.SequenceEqual(right.Tags)
            && left.Fields.SequenceEqual(right.Fields)
            && left.Extensions.Count == right.Extensions.Count
            && left.Extensions.All(pair =>
                right.Extensions.TryGetValue(pair.Key, out var text) && text == pair.Value));
}
