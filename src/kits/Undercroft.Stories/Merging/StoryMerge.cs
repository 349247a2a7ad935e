namespace Undercroft.Stories;

/// <summary>Merges two versions of a story that began as the same one, by passage and field.</summary>
/// <remarks>
/// What only one version changed is taken: passages it added, removed, renamed, moved or edited, single fields, tags,
/// metadata. Texts that both changed are merged line by line. What cannot go together is a <see cref="StoryConflict"/>;
/// the merged story then has the local version's word, and keeps what one version deleted and the other changed.
/// Passages are told by their ids: run a story that was read from a file through <see cref="StoryIdentity.KeepIds"/>
/// first. Links are text: a link to a passage that the other version renamed is not seen here, but by
/// <see cref="StoryStatistics.BrokenLinks"/>. Swapping local and remote changes nothing but whose word counts.
/// </remarks>
public static class StoryMerge
{
    /// <summary>Merges.</summary>
    /// <param name="original">The version both began with; null where each made the story anew.</param>
    /// <param name="local">The version whose word counts in a conflict.</param>
    /// <param name="remote">The other version.</param>
    /// <returns>A new story; the given ones stay as they are.</returns>
    /// <exception cref="ArgumentException">They are not versions of one story, or one has two passages of the same
    /// id.</exception>
    public static StoryMergeResult Merge(Story? original, Story local, Story remote)
    {
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(remote);
        if (remote.Id != local.Id || (original is not null && original.Id != local.Id))
        {
            throw new ArgumentException(
                $"Cannot merge: {Names.Show(local.Id)}, {Names.Show(remote.Id)} and {Names.Show(original?.Id)} are "
                + "different stories. Give them one id.",
                nameof(remote));
        }

        var conflicts = new List<StoryConflict>();
        var before = original ?? new Story { Id = local.Id };
        var merged = MergeHead(before, local, remote, new FieldMerge(null, null, original is null, conflicts));
        var (passages, order) = new MergedPassages(before, local, remote, conflicts).Merge();
        merged = merged with { Passages = passages };
        return new StoryMergeResult(
            merged,
            [.. conflicts.OrderBy(conflict => conflict.PassageId is { } id ? order.GetValueOrDefault(id) : -1)]);
    }

    private static Story MergeHead(Story before, Story local, Story remote, FieldMerge fields)
    {
        string? Text(string field, Func<Story, string?> of) =>
            fields.Pick(field, of(before), of(local), of(remote), static text => text);
        return new Story
        {
            Id = local.Id,
            Schema = Math.Max(local.Schema, remote.Schema),
            Name = Text("name", static story => story.Name) ?? "",
            Ifid = fields.Pick("ifid", before.Ifid, local.Ifid, remote.Ifid, static ifid => ifid?.Raw),
            Format = Text("format", static story => story.Format),
            FormatVersion = Text("formatVersion", static story => story.FormatVersion),
            StartId = Text("startId", static story => story.StartId),
            StartUnresolved = Text("startUnresolved", static story => story.StartUnresolved),
            Tags = fields.Set("tags", before.Tags, local.Tags, remote.Tags),
            TagColors = fields.Keyed(
                "tagColors",
                before.TagColors,
                local.TagColors,
                remote.TagColors,
                static color => color.Tag,
                static colors => colors is null ? null : string.Join('\n', colors.Select(static one => one.Color))),
            Zoom = Text("zoom", static story => story.Zoom),
            Options = Text("options", static story => story.Options),
            Creator = Text("creator", static story => story.Creator),
            CreatorVersion = Text("creatorVersion", static story => story.CreatorVersion),
            Fields = fields.StoryFields(before.Fields, local.Fields, remote.Fields),
            Extensions = fields.Extensions(before.Extensions, local.Extensions, remote.Extensions),
            Origin = FieldMerge.Source(before.Origin, local.Origin, remote.Origin, AreSame),
        };
    }

    // A record with a list in it is equal only to itself.
    private static bool AreSame(StoryOrigin? left, StoryOrigin? right) =>
        ReferenceEquals(left, right)
        || (left is not null && right is not null
            && left with { Parts = right.Parts } == right
            && left.Parts.SequenceEqual(right.Parts));
}
