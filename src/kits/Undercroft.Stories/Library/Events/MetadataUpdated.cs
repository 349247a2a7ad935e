namespace Undercroft.Stories;

/// <summary>A story's metadata was changed, and nothing else of it.</summary>
/// <param name="Id">The story's id.</param>
/// <param name="Metadata">All its metadata, as they are from now on.</param>
public sealed record MetadataUpdated(string Id, Document<StorySummary> Metadata) : StoryEvent;
