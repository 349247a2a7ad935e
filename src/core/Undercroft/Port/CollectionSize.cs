namespace Undercroft;

/// <summary>How big a collection is.</summary>
/// <param name="Collection">Its name.</param>
/// <param name="Records">Live records.</param>
/// <param name="ValueBytes">The bytes of their values.</param>
/// <param name="Tombstones">Deleted records the feed still shows.</param>
public sealed record CollectionSize(string Collection, long Records, long ValueBytes, long Tombstones);
