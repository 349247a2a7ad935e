using System.Collections.Frozen;

namespace Undercroft;

/// <summary>Says which store to open: a scheme, where it is kept, and settings, as in
/// <c>sqlite:app.db?busyTimeout=5s</c>.</summary>
/// <param name="Scheme">The backend's name, in lower case.</param>
/// <param name="Path">What follows the colon, settings left out; a leading <c>//</c> is dropped.</param>
/// <param name="Settings">The settings, by name.</param>
public sealed record StoreUri(string Scheme, string Path, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Reads a store URI.</summary>
    /// <exception cref="ArgumentException">It has no scheme, or a setting has no value or comes twice.</exception>
    public static StoreUri Parse(string uri)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(uri);
        var colon = uri.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !uri.AsSpan(0, colon).ContainsOnlySchemeCharacters())
        {
            throw new ArgumentException(
                $"{Names.Show(uri)} is not a store: expected a scheme and a place, such as 'sqlite:app.db', " +
                "'file:./data' or 'memory:'.",
                nameof(uri));
        }

        var question = uri.IndexOf('?', colon);
        var path = question < 0 ? uri[(colon + 1)..] : uri[(colon + 1)..question];
        var settings = question < 0 ? [] : ParseSettings(uri[(question + 1)..]);
        return new StoreUri(
            uri[..colon].ToUpperInvariant().ToLowerScheme(),
            Uri.UnescapeDataString(path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path),
            settings.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Refuses settings a backend does not know, so that a misspelt one is not ignored.</summary>
    /// <param name="known">The names the backend knows.</param>
    /// <exception cref="ArgumentException">There is another one.</exception>
    public void CheckSettings(params IReadOnlyCollection<string> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        foreach (var name in Settings.Keys)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new ArgumentException(
                    $"The store '{Scheme}:{Path}' has no setting {Names.Show(name)}. " +
                    (known.Count == 0 ? "It has none at all." : $"It knows {string.Join(", ", known)}."));
            }
        }
    }

    /// <summary>Writes the place without the settings, which may hold secrets.</summary>
    public override string ToString() => $"{Scheme}:{Path}";

    private static Dictionary<string, string> ParseSettings(string text)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals]);
            if (equals <= 0 || !settings.TryAdd(name, Uri.UnescapeDataString(pair[(equals + 1)..])))
            {
                throw new ArgumentException(
                    $"The setting {Names.Show(name)} of the store needs one value, as in '?name=value'.");
            }
        }

        return settings;
    }
}

/// <summary>The characters of URI schemes.</summary>
file static class SchemeText
{
    public static bool ContainsOnlySchemeCharacters(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    // URI schemes are ASCII; analyzers prefer upper case as the normal form, people write lower case.
    public static string ToLowerScheme(this string upper) =>
        string.Create(upper.Length, upper, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.ToLowerInvariant(text[i]);
            }
        });
}
