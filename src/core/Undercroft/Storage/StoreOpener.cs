namespace Undercroft;

/// <summary>Opens the store a URI names.</summary>
/// <param name="uri">The URI, in parts.</param>
/// <param name="clock">Where the time comes from.</param>
/// <param name="cancellationToken">Ends the opening; nothing stays open.</param>
public delegate ValueTask<IStore> StoreOpener(StoreUri uri, TimeProvider clock, CancellationToken cancellationToken);
