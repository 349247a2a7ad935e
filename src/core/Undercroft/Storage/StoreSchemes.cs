namespace Undercroft;

/// <summary>The kinds of stores that can be opened by URI. A caller's own is added as ours are.</summary>
/// <remarks>Knows <c>memory:</c> from the start; backends add theirs, as in <c>new StoreSchemes().AddSqlite()</c>.
/// </remarks>
public sealed class StoreSchemes
{
    private readonly Dictionary<string, StoreOpener> openers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["memory"] = OpenMemory,
    };

    /// <summary>The schemes known, in order.</summary>
    public IReadOnlyCollection<string> Known => [.. openers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Adds a scheme, or replaces it.</summary>
    /// <param name="scheme">The name before the colon.</param>
    /// <param name="opener">Opens a store of the kind.</param>
    public StoreSchemes Add(string scheme, StoreOpener opener)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(scheme);
        ArgumentNullException.ThrowIfNull(opener);
        openers[scheme] = opener;
        return this;
    }

    /// <summary>Opens the store a URI names.</summary>
    /// <param name="uri">The URI.</param>
    /// <param name="clock">Where the time comes from; null means the system.</param>
    /// <param name="cancellationToken">Ends the opening; nothing stays open.</param>
    /// <exception cref="ArgumentException">The URI is malformed, or nobody knows its scheme.</exception>
    /// <exception cref="StoreException">The store cannot be opened.</exception>
    public ValueTask<IStore> OpenAsync(
        string uri, TimeProvider? clock = null, CancellationToken cancellationToken = default)
    {
        var parsed = StoreUri.Parse(uri);
        return openers.TryGetValue(parsed.Scheme, out var opener)
            ? opener(parsed, clock ?? TimeProvider.System, cancellationToken)
            : throw new ArgumentException(
                $"No backend is registered for {Names.Show(parsed.Scheme + ":")}; registered are " +
                $"{string.Join(", ", Known.Select(static scheme => $"'{scheme}:'"))}. Add it to StoreSchemes, or " +
                "choose one of these.",
                nameof(uri));
    }

    private static ValueTask<IStore> OpenMemory(
        StoreUri uri, TimeProvider clock, CancellationToken cancellationToken)
    {
        uri.CheckSettings();
        if (uri.Path.Length > 0)
        {
            throw new ArgumentException(
                $"A store in memory has no place; found {Names.Show(uri.Path)}. Write 'memory:'.", nameof(uri));
        }

        return new(new MemoryStore(clock: clock));
    }
}
