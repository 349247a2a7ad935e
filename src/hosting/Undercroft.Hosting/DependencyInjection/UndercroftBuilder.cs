using Microsoft.Extensions.DependencyInjection.Extensions;
using Undercroft;
using Undercroft.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Says what an application's storage is made of. From <c>services.AddUndercroft()</c>.</summary>
public sealed class UndercroftBuilder
{
    internal UndercroftBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Says which kinds of stores configuration and environment may choose, as in
    /// <c>UseSchemes(new StoreSchemes().AddSqlite())</c>. Without it there is memory only.</summary>
    public UndercroftBuilder UseSchemes(StoreSchemes schemes)
    {
        ArgumentNullException.ThrowIfNull(schemes);
        _ = Services.Replace(ServiceDescriptor.Singleton(schemes));
        return this;
    }

    /// <summary>Uses the store a URI names, whatever configuration and environment say.</summary>
    /// <param name="uri">The URI, such as <c>sqlite:app.db</c>. Its kind is one of <see cref="UseSchemes"/>.</param>
    public UndercroftBuilder UseStore(string uri)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(uri);
        _ = Services.PostConfigure<UndercroftOptions>(options => options.Store = uri);
        return UseSource(null);
    }

    /// <summary>Uses a store of the application's own making, layers included, whatever configuration and environment
    /// say. The storage owns and disposes it.</summary>
    /// <param name="open">Opens the store; called once, when the host starts, and again only if it failed.</param>
    public UndercroftBuilder UseStore(Func<IServiceProvider, CancellationToken, ValueTask<IStore>> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        return UseSource(open);
    }

    /// <summary>Keeps everything in memory, whatever configuration and environment say.</summary>
    public UndercroftBuilder UseMemory() => UseStore("memory:");

    /// <summary>Makes the documents of a collection injectable, as <see cref="IRepository{T}"/> and, where several
    /// collections hold one type, by the collection's name as key. Its new indexes are built when the host starts.
    /// </summary>
    /// <remarks>Without a key, the first collection added of a type is meant.</remarks>
    /// <typeparam name="T">The type of the documents.</typeparam>
    public UndercroftBuilder AddCollection<T>(CollectionDefinition<T> definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        _ = Services.AddSingleton(new CollectionPreparation(
            (storage, cancellationToken) => storage.PrepareAsync(definition, cancellationToken)));
        _ = Services.AddKeyedSingleton(definition.Name, (provider, _) => Open(provider, definition));
        Services.TryAddSingleton(provider => Open(provider, definition));
        return this;
    }

    // The last choice made in code counts.
    private UndercroftBuilder UseSource(Func<IServiceProvider, CancellationToken, ValueTask<IStore>>? open)
    {
        _ = Services.Replace(ServiceDescriptor.Singleton(
            provider => new StorageSource(provider.GetRequiredService<StoreSelection>(), open)));
        return this;
    }

    private static IRepository<T> Open<T>(IServiceProvider provider, CollectionDefinition<T> definition) =>
        provider.GetRequiredService<Storage>().Repository(definition);
}
