using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Undercroft.Layers;

namespace Undercroft.Hosting.Tests;

/// <summary>A host with a configuration and an environment of the test's own.</summary>
internal static class TestHost
{
    /// <summary>Kinds of stores that tell, by their location, which URI they were opened with.</summary>
    public static StoreSchemes Schemes { get; } = new StoreSchemes().Add("sqlite", OpenAsync).Add("file", OpenAsync);

    public static IHost Build(
        Action<UndercroftBuilder> use,
        Dictionary<string, string?>? configuration = null,
        Dictionary<string, string>? environment = null,
        Action<IHostApplicationBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        _ = builder.Configuration.AddInMemoryCollection(configuration ?? []);
        configure?.Invoke(builder);
        use(builder.Services.AddUndercroft().UseSchemes(Schemes));
        builder.Services.Replace(ServiceDescriptor.Singleton(provider => new StoreSelection(
            provider.GetRequiredService<StoreSchemes>(),
            name => environment?.GetValueOrDefault(name))));
        return builder.Build();
    }

    private static ValueTask<IStore> OpenAsync(StoreUri uri, TimeProvider clock, CancellationToken cancellationToken) =>
        new(new Located(new MemoryStore(clock: clock), uri.ToString()));

    private sealed class Located(IStore inner, string location) : DelegatingStore(inner)
    {
        public override StoreInfo Info { get; } = inner.Info with { Location = location };
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class LogBook : ILoggerProvider, ILogger
{
    private readonly List<(LogLevel Level, int Id, string Text)> entries = [];

    public IReadOnlyList<(LogLevel Level, int Id, string Text)> Entries => entries;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) => entries.Add((logLevel, eventId.Id, formatter(state, exception)));

    public void Dispose()
    {
    }
}
