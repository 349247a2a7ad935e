namespace Undercroft;

/// <summary>Removes a store that has no place of its own to be deleted; <see cref="IStore.Feature"/> of a store on a
/// server gives it. A store in a file or a folder has none: delete that.</summary>
public interface IRemovableStore
{
    /// <summary>Removes the store: all its documents, jobs and indexes, its feed, and what it keeps of its clients.
    /// What else the server holds stays as it is.</summary>
    /// <remarks>Nobody else may have it open; what others commit meanwhile may stay. Afterwards only dispose of it.
    /// </remarks>
    /// <param name="cancellationToken">Ends it. What was removed stays removed, where it is not one step: call it
    /// again.</param>
    /// <exception cref="StoreException">The server cannot be reached, or refuses it; call it again.</exception>
    ValueTask RemoveAsync(CancellationToken cancellationToken = default);
}
