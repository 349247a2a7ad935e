using System.Collections.Frozen;
using System.Globalization;
using Undercroft.Backends;

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
                $"{Names.Show(WithoutPassword(uri))} is not a store: expected a scheme and a place, such as " +
                "'sqlite:app.db', 'file:./data' or 'memory:'.",
                nameof(uri));
        }

        var question = uri.IndexOf('?', colon);
        var path = question < 0 ? uri[(colon + 1)..] : uri[(colon + 1)..question];
        var settings = question < 0 ? [] : ParseSettings(uri[(question + 1)..]);
        RequireEscapes(path);
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
                    $"The store '{this}' has no setting {Names.Show(name)}. " +
                    (known.Count == 0 ? "It has none at all." : $"It knows {string.Join(", ", known)}."));
            }
        }
    }

    /// <summary>Has a backend check the options it has made of this URI: what is wrong with a setting that stands here
    /// is told by the name it has here, not by that of the property it became.</summary>
    /// <param name="validate">The check of the options.</param>
    /// <param name="names">The properties that have another name in URIs.</param>
    /// <exception cref="ArgumentException">An option is wrong.</exception>
    public void Check(Action validate, params IReadOnlyList<(string Property, string Setting)> names)
    {
        ArgumentNullException.ThrowIfNull(validate);
        ArgumentNullException.ThrowIfNull(names);
        try
        {
            validate();
        }
        catch (ArgumentException error) when (
            error.ParamName is { } property && Settings.ContainsKey(NameOf(property, names)) &&
            StoreSetting.ExpectedOf(error) is { } expected)
        {
            var setting = NameOf(property, names);
            throw Wrong(Settings.First(pair => pair.Key.Equals(setting, StringComparison.OrdinalIgnoreCase)).Key,
                Settings[setting], expected);
        }
    }

    /// <summary>Reads a setting that is one of a few words; case does not matter.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="choices">The words, and what each means.</param>
    /// <returns>What the word means, or null where the setting is not there.</returns>
    /// <exception cref="ArgumentException">It is another word.</exception>
    public T? Choice<T>(string name, params IReadOnlyList<(string Word, T Meaning)> choices)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(choices);
        if (!Settings.TryGetValue(name, out var text))
        {
            return null;
        }

        foreach (var (word, meaning) in choices)
        {
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return meaning;
            }
        }

        var words = choices.Select(static choice => $"'{choice.Word}'").ToArray();
        throw Wrong(name, text, $"{string.Join(", ", words[..^1])} or {words[^1]}");
    }

    /// <summary>Reads a setting that is a length of time, such as <c>500ms</c>, <c>5s</c> or <c>1m</c>.</summary>
    /// <returns>The length, or null where the setting is not there.</returns>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public TimeSpan? Duration(string name)
    {
        if (!Settings.TryGetValue(name, out var text))
        {
            return null;
        }

        var digits = text.AsSpan().TrimEnd("ms");
        var unit = text.AsSpan(digits.Length) switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            _ => 0,
        };
        return unit > 0 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? TimeSpan.FromTicks(count * unit)
            : throw Wrong(name, text, "a number and a unit, such as '500ms', '5s' or '1m'");
    }

    /// <summary>Reads a setting that is a whole number, such as <c>8</c>. What range it may have is up to the store.
    /// </summary>
    /// <returns>The number, or null where the setting is not there.</returns>
    /// <exception cref="ArgumentException">It is something else, or above 2,147,483,647.</exception>
    public int? Number(string name) => !Settings.TryGetValue(name, out var text) ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Wrong(name, text, "a whole number up to 2,147,483,647, such as '8'");

    /// <summary>Reads the setting <c>mode</c>: <c>ro</c> opens for reading only, <c>rw</c> is the default.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public bool IsReadOnly() => Choice("mode", ("ro", true), ("rw", false)) ?? false;

    /// <summary>Reads the setting <c>durability</c>: the level of a commit that names none.</summary>
    /// <returns>The level, or null where the setting is not there.</returns>
    /// <exception cref="ArgumentException">It is no level.</exception>
    public Durability? DefaultDurability() => Choice(
        "durability",
        ("memory", Durability.Memory),
        ("os", Durability.Os),
        ("disk", Durability.Disk));

    /// <summary>Writes the place without its secrets: a password before the <c>@</c> is left out, and so are the
    /// settings, which may hold more, and what looks like a password in the connection string of a driver.</summary>
    public override string ToString() => $"{Scheme}:{SecretText.WithoutPair(PathWithoutPassword())}";

    /// <summary>Shows text that was meant to be a store's URI and is none: all before its <c>@</c> may be a password,
    /// and so may what follows <c>password=</c> in the connection string of a driver.</summary>
    public static string WithoutPassword(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.LastIndexOf('@');
        var slashes = text.IndexOf("//", StringComparison.Ordinal);
        return SecretText.WithoutPair(at > slashes && slashes >= 0
            ? string.Concat(text.AsSpan(0, slashes), "//***", text.AsSpan(at))
            : text);
    }

    private string PathWithoutPassword()
    {
        var at = Path.LastIndexOf('@');
        var colon = Path.IndexOf(':', StringComparison.Ordinal);
        var isUser = colon >= 0 && Path.AsSpan(0, colon).IndexOfAny('/', '\\') < 0;

        // A drive's letter is no user: "C:\stories@home.db".
        var isDrive = isUser && colon == 1 && char.IsAsciiLetter(Path[0]) && Path.Length > 2
            && Path[2] is '/' or '\\';
        if (!isUser || isDrive)
        {
            return Path;
        }

        // A '?' in a password that is not escaped begins the settings: the '@' is among them.
        return colon < at ? string.Concat(Path.AsSpan(0, colon), ":***", Path.AsSpan(at))
            : at < 0 && Settings.Any(static pair => pair.Key.Contains('@') || pair.Value.Contains('@'))
                ? string.Concat(Path.AsSpan(0, colon), ":***")
                : Path;
    }

    // A '%' in a name of a file is one; in a password it begins an escape, and one that is none would be found wrong by
    // the server, which nobody understands.
    private static void RequireEscapes(string path)
    {
        var user = path.AsSpan(0, Math.Max(0, path.LastIndexOf('@')));
        if (!user.Contains(':'))
        {
            return;
        }

        for (var i = user.IndexOf('%'); i >= 0 && i < user.Length; i++)
        {
            if (user[i] == '%' &&
                !(i + 2 < user.Length && char.IsAsciiHexDigit(user[i + 1]) && char.IsAsciiHexDigit(user[i + 2])))
            {
                throw new ArgumentException(
                    "The user or the password of the store has a '%' that begins no escape. Write '%25' for each '%' " +
                    "in them.");
            }
        }
    }

    private static string NameOf(string property, IReadOnlyList<(string Property, string Setting)> names)
    {
        foreach (var name in names)
        {
            if (name.Property == property)
            {
                return name.Setting;
            }
        }

        return property;
    }

    private static ArgumentException Wrong(string name, string found, string expected) =>
        new($"The setting '{name}' of the store is {Names.Show(found)}; expected {expected}.");

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
