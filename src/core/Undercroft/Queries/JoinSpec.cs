using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>How documents of one collection are joined to those of another.</summary>
public sealed record JoinSpec
{
    /// <summary>Where the documents on the left have the values to look for; <c>$id</c> is their id.</summary>
    public required FieldPath LeftPath { get; init; }

    /// <summary>Where those on the right have them; <c>$id</c>, the default, reads them by id.</summary>
    public FieldPath RightPath { get; init; } = FieldPath.Id;

    /// <summary>How the values of both compare: as times, an instant is the same whatever its offset. The default is as
    /// JSON has them.</summary>
    public FieldKind Kind { get; init; }

    /// <summary>Which documents on the right count at all; the default is all.</summary>
    public Filter RightWhere { get; init; } = Filter.All;

    /// <summary>Whether documents on the left without any on the right are kept.</summary>
    public bool KeepsUnmatched { get; init; }
}
