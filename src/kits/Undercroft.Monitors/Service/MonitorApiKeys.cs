using System.Security.Cryptography;
using System.Text;

namespace Undercroft.Monitors;

/// <summary>The keys of a service's callers. Only their hashes are kept; they are compared in a time that tells
/// nothing.</summary>
/// <param name="storage">Where they are kept.</param>
/// <param name="clock">The time; null means the system's.</param>
public sealed class MonitorApiKeys(Storage storage, TimeProvider? clock = null)
{
    private const string Prefix = "ucm";
    private const int TextMax = 200;
    private const int KeysMax = 1000;

    private readonly IRepository<MonitorApiKeyDocument> keys =
        (storage ?? throw new ArgumentNullException(nameof(storage))).Repository(MonitorCollections.Keys);

    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly MonitorServiceOptions options = new();

    internal MonitorApiKeys(Storage storage, MonitorServiceOptions options)
        : this(storage, options.Clock) => this.options = options;

    /// <summary>Makes a key.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="scope">What it allows.</param>
    /// <param name="cancellationToken">Ends the wait; the key may have been made.</param>
    /// <returns>The key, and its text: it is shown this once.</returns>
    /// <exception cref="ArgumentException">The name is empty or blank.</exception>
    public async ValueTask<(MonitorApiKey Key, string Text)> CreateAsync(
        string name, MonitorApiScope scope = MonitorApiScope.Write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new ArgumentException("The key has no name; expected who will use it.", nameof(name));
        }

        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _ = await keys.CreateAsync(
            id, new MonitorApiKeyDocument(name, Hash(secret), scope, now), cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return (new MonitorApiKey(id, name, scope, now), $"{Prefix}_{id}_{secret}");
    }

    /// <summary>Knows a key by its text.</summary>
    /// <param name="text">What a caller sent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The key; null where it is none.</returns>
    public async ValueTask<MonitorApiKey?> FindAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > TextMax || text.Split('_') is not [Prefix, { Length: 32 } id, var secret]
            || !id.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        var found = await ReadAsync(id, cancellationToken).ConfigureAwait(false);
        var expected = Encoding.ASCII.GetBytes(found?.Value.Hash ?? Hash(""));
        var isSame = CryptographicOperations.FixedTimeEquals(expected, Encoding.ASCII.GetBytes(Hash(secret)));
        return isSame && found is not null ? Of(found) : null;
    }

    /// <summary>Lists the keys, oldest first; at most 1,000.</summary>
    public async ValueTask<IReadOnlyList<MonitorApiKey>> ListAsync(CancellationToken cancellationToken = default)
    {
        var all = new List<MonitorApiKey>();
        var sorted = options.PassingOver(keys).OrderBy("$id");
        await foreach (var key in sorted.StreamAsync(cancellationToken).ConfigureAwait(false))
        {
            all.Add(Of(key));
            if (all.Count == KeysMax)
            {
                break;
            }
        }

        return all;
    }

    /// <summary>Says whether there is a key at all.</summary>
    public ValueTask<bool> AnyAsync(CancellationToken cancellationToken = default) =>
        keys.Query().AnyAsync(cancellationToken);

    /// <summary>Makes a key useless.</summary>
    /// <returns>Whether there was one.</returns>
    public ValueTask<bool> RevokeAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return keys.DeleteAsync(id, cancellationToken: cancellationToken);
    }

    // A key that cannot be read opens nothing.
    private async ValueTask<Document<MonitorApiKeyDocument>?> ReadAsync(
        string id, CancellationToken cancellationToken)
    {
        try
        {
            return await keys.GetAsync(id, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException error) when (error.Kind == StoreErrorKind.Malformed)
        {
            options.Tell(new RecordKey(keys.Definition.Name, id), error);
            return null;
        }
    }

    // The secret has 256 bits of chance: there is nothing to guess, so one round is enough.
    private static string Hash(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private static MonitorApiKey Of(Document<MonitorApiKeyDocument> document) =>
        new(document.Id, document.Value.Name, document.Value.Scope, document.Value.CreatedAt);
}
