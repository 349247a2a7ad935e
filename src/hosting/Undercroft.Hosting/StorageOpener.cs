using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Undercroft.Hosting;

/// <summary>Opens the application's storage, once, and gives it to all who ask. The host opens it when it starts.
/// </summary>
/// <remarks>Most code takes <see cref="Storage"/> or <c>IRepository&lt;T&gt;</c> instead. Those who are made before the
/// host starts, hosted services above all, take this and ask when they run. Safe for many threads.</remarks>
public sealed class StorageOpener : IAsyncDisposable
{
    private readonly IOptions<UndercroftOptions> options;
    private readonly StorageSource source;
    private readonly IServiceProvider services;
    private readonly ILogger<StorageOpener> logger;

    [SuppressMessage("Usage", "CA2213", Justification = "Those who wait for it must still hear that it is too late.")]
    private readonly SemaphoreSlim gate = new(1, 1);

    private StorageLog? log;
    private Storage? opened;
    private volatile bool isDisposed;

    internal StorageOpener(
        IOptions<UndercroftOptions> options,
        StorageSource source,
        IServiceProvider services,
        ILogger<StorageOpener> logger)
    {
        this.options = options;
        this.source = source;
        this.services = services;
        this.logger = logger;
    }

    /// <summary>The storage, where it is open.</summary>
    /// <exception cref="InvalidOperationException">The host has not started yet.</exception>
    internal Storage Opened => Volatile.Read(ref opened) ?? throw new InvalidOperationException(
        "The storage is not open yet: it is opened when the host starts. Ask for it later, or take " +
        $"{nameof(StorageOpener)} and await {nameof(OpenAsync)}.");

    /// <summary>Gives the storage, and opens it first where nobody has.</summary>
    /// <param name="cancellationToken">Ends the wait; nothing stays half open, and the next call tries again.</param>
    /// <exception cref="OptionsValidationException">The settings make no sense.</exception>
    /// <exception cref="StoreException">The store cannot be opened. The next call tries again.</exception>
    /// <exception cref="ObjectDisposedException">The host has stopped.</exception>
    public async ValueTask<Storage> OpenAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (Volatile.Read(ref opened) is { } already)
        {
            return already;
        }

        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return opened ?? await OpenNowAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = gate.Release();
        }
    }

    /// <summary>Disposes the storage, where it was opened.</summary>
    public async ValueTask DisposeAsync()
    {
        await gate.WaitAsync().ConfigureAwait(false);
        try
        {
            isDisposed = true;
            log?.Dispose();
            if (opened is not null)
            {
                await opened.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _ = gate.Release();
        }
    }

    private async ValueTask<Storage> OpenNowAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var store = await source.OpenAsync(services, settings, cancellationToken).ConfigureAwait(false);
        try
        {
            var storage = new Storage(store, settings.Storage);
            log = new StorageLog(storage, logger);
            Volatile.Write(ref opened, storage);
            return storage;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
