namespace Undercroft.Layers;

/// <summary>A store around a store: forwards every call unchanged. Layers derive from it and change one thing.
/// </summary>
/// <param name="inner">The store below, which the layer owns: disposing the layer disposes it.</param>
public abstract class DelegatingStore(IStore inner) : IStore
{
    /// <inheritdoc/>
    public virtual StoreInfo Info => Inner.Info;

    /// <summary>The store below.</summary>
    protected IStore Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default) =>
        Inner.ReadAsync(keys, options, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ScanPage> ScanAsync(ScanRequest request, CancellationToken cancellationToken = default) =>
        Inner.ScanAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default) =>
        Inner.CommitAsync(commit, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default) =>
        Inner.ChangesAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask WaitAsync(FeedCursor after, CancellationToken cancellationToken = default) =>
        Inner.WaitAsync(after, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<MaintenanceReport> MaintainAsync(
        MaintenanceRequest request, CancellationToken cancellationToken = default) =>
        Inner.MaintainAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual TFeature? Feature<TFeature>()
        where TFeature : class => Inner.Feature<TFeature>();

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await Inner.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}
