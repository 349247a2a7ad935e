namespace Undercroft.Hosting;

/// <summary>Opens the store that the application's code, its configuration or its environment chose.</summary>
/// <param name="selection">Chooses where the code does not.</param>
/// <param name="chosen">What the code chose; null where it leaves it open.</param>
internal sealed class StorageSource(
    StoreSelection selection, Func<IServiceProvider, CancellationToken, ValueTask<IStore>>? chosen)
{
    /// <summary>Refuses a choice that cannot be opened.</summary>
    /// <exception cref="ArgumentException">It is not a store, or of a kind nobody registered.</exception>
    public void Check(UndercroftOptions options)
    {
        if (chosen is null)
        {
            _ = selection.Choose(options);
        }
    }

    public ValueTask<IStore> OpenAsync(
        IServiceProvider services, UndercroftOptions options, CancellationToken cancellationToken) =>
        chosen is not null
            ? chosen(services, cancellationToken)
            : selection.Schemes.OpenAsync(selection.Choose(options), options.Storage.Clock, cancellationToken);
}
