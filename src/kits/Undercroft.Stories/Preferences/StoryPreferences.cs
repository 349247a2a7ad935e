using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Queries;

namespace Undercroft.Stories;

/// <summary>Preferences by key, for everybody, for a person or for a project.</summary>
/// <remarks>A key is any text; so is the name of a person or project. Each value is one JSON document, kept as it was
/// given. Safe for many threads and processes.</remarks>
public sealed class StoryPreferences
{
    private static readonly CollectionDefinition<RawJson> Definition = new("story-preferences", RawJson.Codec);

    private readonly IRepository<RawJson> documents;

    /// <summary>Keeps preferences in a storage. The storage stays the caller's.</summary>
    public StoryPreferences(Storage storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        documents = storage.Repository(Definition);
    }

    /// <summary>Sets a preference.</summary>
    /// <param name="scope">For whom it counts.</param>
    /// <param name="key">Its key; not empty.</param>
    /// <param name="value">Its value; null is a value like any other.</param>
    /// <param name="type">How the value is written.</param>
    /// <param name="expected">The revision it must still have; <see cref="Revision.None"/> means that there must be
    /// none yet; null overwrites whatever is there.</param>
    /// <param name="cancellationToken">Ends the wait; it may still be set.</param>
    /// <returns>The preference as it is now.</returns>
    /// <exception cref="ArgumentException">The key is empty or too long. Nothing was written.</exception>
    /// <exception cref="RevisionConflictException">It is not at the expected revision. Nothing was written.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async ValueTask<StoryPreference<T>> SetAsync<T>(
        StoryPreferenceScope scope,
        string key,
        T value,
        JsonTypeInfo<T> type,
        Revision? expected = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(type);
        var json = new RawJson(JsonSerializer.SerializeToUtf8Bytes(value, type));
        var set = await SetJsonAsync(scope, key, json, expected, cancellationToken).ConfigureAwait(false);
        return With(set, value);
    }

    /// <summary>Sets a preference to any JSON value, kept byte for byte. As <see cref="SetAsync"/>.</summary>
    /// <exception cref="StoreException">It is no JSON value, or the store failed.</exception>
    public async ValueTask<StoryPreference<RawJson>> SetJsonAsync(
        StoryPreferenceScope scope,
        string key,
        RawJson value,
        Revision? expected = null,
        CancellationToken cancellationToken = default)
    {
        var id = IdOf(scope, key);
        var document = expected switch
        {
            null => await documents.UpsertAsync(id, value, null, cancellationToken).ConfigureAwait(false),
            { } none when none == Revision.None =>
                await documents.CreateAsync(id, value, null, cancellationToken).ConfigureAwait(false),
            { } revision =>
                await documents.UpdateAsync(id, revision, value, null, cancellationToken).ConfigureAwait(false),
        };
        return Of(scope, key, document);
    }

    /// <summary>Reads a preference of one scope.</summary>
    /// <returns>Null where it is not set.</returns>
    /// <exception cref="StoreException">The store failed, or the value does not fit the type.</exception>
    public async ValueTask<StoryPreference<T>?> GetAsync<T>(
        StoryPreferenceScope scope, string key, JsonTypeInfo<T> type, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(type);
        return Read(await GetJsonAsync(scope, key, cancellationToken).ConfigureAwait(false), type);
    }

    /// <summary>Reads a preference of one scope as it is kept.</summary>
    /// <returns>Null where it is not set.</returns>
    public async ValueTask<StoryPreference<RawJson>?> GetJsonAsync(
        StoryPreferenceScope scope, string key, CancellationToken cancellationToken = default) =>
        await documents.GetAsync(IdOf(scope, key), cancellationToken).ConfigureAwait(false) is { } found
            ? Of(scope, key, found)
            : null;

    /// <summary>Reads what counts: the project's preference, or else the person's, or else everybody's, all as they are
    /// at one instant.</summary>
    /// <param name="key">Its key; not empty.</param>
    /// <param name="type">How the value is read.</param>
    /// <param name="user">The person; null asks none.</param>
    /// <param name="project">The project; null asks none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where it is set nowhere; <see cref="StoryPreference{T}.Scope"/> says where it is.</returns>
    /// <exception cref="StoreException">The store failed, or the value does not fit the type.</exception>
    public async ValueTask<StoryPreference<T>?> ResolveAsync<T>(
        string key,
        JsonTypeInfo<T> type,
        string? user = null,
        string? project = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(type);
        List<StoryPreferenceScope> scopes = [StoryPreferenceScope.Global];
        if (user is not null)
        {
            scopes.Insert(0, StoryPreferenceScope.User(user));
        }

        if (project is not null)
        {
            scopes.Insert(0, StoryPreferenceScope.Project(project));
        }

        var found = await documents
            .GetManyAsync([.. scopes.Select(scope => IdOf(scope, key))], cancellationToken).ConfigureAwait(false);
        var at = Enumerable.Range(0, found.Count).FirstOrDefault(i => found[i] is not null, -1);
        return at < 0 ? null : Read(Of(scopes[at], key, found[at]!), type);
    }

    /// <summary>Lists the preferences of a scope whose keys begin with a text, by key, lazily.</summary>
    /// <param name="scope">For whom they count.</param>
    /// <param name="prefix">The beginning; empty lists all.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async IAsyncEnumerable<StoryPreference<RawJson>> ListAsync(
        StoryPreferenceScope scope,
        string prefix = "",
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(prefix);
        var beginning = Prefix(scope);
        var all = documents.Query().Where(Filter.StartsWith("$id", beginning + prefix)).OrderBy("$id");
        await foreach (var document in all.StreamAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return Of(scope, document.Id[beginning.Length..], document);
        }
    }

    /// <summary>Deletes a preference.</summary>
    /// <returns>Whether it was set.</returns>
    public ValueTask<bool> DeleteAsync(
        StoryPreferenceScope scope, string key, CancellationToken cancellationToken = default) =>
        documents.DeleteAsync(IdOf(scope, key), null, cancellationToken);

    private static string IdOf(StoryPreferenceScope scope, string key)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentException.ThrowIfNullOrEmpty(key);
        return Prefix(scope) + key;
    }

    // The key comes last and as it is, so that a beginning of keys is a beginning of ids.
    private static string Prefix(StoryPreferenceScope scope)
    {
        var level = scope.Level switch
        {
            StoryPreferenceLevel.Global => "global/",
            StoryPreferenceLevel.User => "user/",
            _ => "project/",
        };
        return scope.Level == StoryPreferenceLevel.Global ? level : level + LibraryCollections.PartPrefix(scope.Owner);
    }

    private static StoryPreference<RawJson> Of(StoryPreferenceScope scope, string key, Document<RawJson> document) =>
        new(scope, key, document.Value, document.Revision, document.CreatedAt, document.UpdatedAt);

    private static StoryPreference<T> With<T>(StoryPreference<RawJson> raw, T value) =>
        new(raw.Scope, raw.Key, value, raw.Revision, raw.CreatedAt, raw.UpdatedAt);

    private static StoryPreference<T>? Read<T>(StoryPreference<RawJson>? raw, JsonTypeInfo<T> type)
    {
        if (raw is null)
        {
            return null;
        }

        try
        {
            return With(raw, JsonSerializer.Deserialize(raw.Value.Bytes.Span, type)!);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A converter of the caller's may throw anything.
            throw new StoreException(
                StoreErrorKind.Malformed,
                $"The preference {Names.Show(raw.Key)} ({raw.Scope}) is no {type.Type.Name}: {error.Message} Set it "
                + "again, or read it as JSON.",
                error);
        }
    }
}
