namespace Undercroft.Cli.Stores;

/// <summary>Writes store URIs that read back as they were.</summary>
internal static class UriText
{
    /// <summary>Writes a URI, its settings too.</summary>
    public static string Of(StoreUri uri)
    {
        var settings = uri.Settings.Select(static pair =>
            $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}");
        return Of(uri.Scheme, uri.Path) + (uri.Settings.Count == 0 ? "" : "?" + string.Join('&', settings));
    }

    /// <summary>Writes a URI for people to see: whole, unless it holds a secret; then without the password, and of the
    /// settings with those that tell a store from others of the same place.</summary>
    public static string Shown(StoreUri uri)
    {
        var plain = uri.ToString();
        var isPlain = plain == $"{uri.Scheme}:{uri.Path}" &&
            !uri.Settings.Keys.Any(static name => name.Contains("password", StringComparison.OrdinalIgnoreCase));
        return isPlain ? Of(uri)
            : (IsServer(uri.Scheme) ? $"{uri.Scheme}://{plain[(uri.Scheme.Length + 1)..]}" : plain) + Names(uri);
    }

    /// <summary>Says whether a URI is not shown whole, since it holds a secret.</summary>
    public static bool HasSecret(StoreUri uri) => Shown(uri) != Of(uri);

    // A '?' in a password that is not escaped begins the settings: then an '@' is among them, and none is shown.
    private static string Names(StoreUri uri)
    {
        if (uri.Settings.Any(static pair => pair.Key.Contains('@') || pair.Value.Contains('@')))
        {
            return "";
        }

        var told = uri.Settings
            .Where(static pair => pair.Key.ToUpperInvariant() is "SCHEMA" or "TENANT" or "STORE")
            .Select(static pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}");
        return string.Join('&', told) is { Length: > 0 } text ? $"?{text}" : "";
    }

    // Servers are written with "//", as everybody writes them.
    private static bool IsServer(string scheme) =>
        scheme is "postgres" or "postgresql" || scheme.StartsWith("redis", StringComparison.Ordinal);

    /// <summary>Writes a word of a command line for people to see: whole, unless it looks like a store that holds a
    /// secret.</summary>
    public static string Masked(string word)
    {
        var masked = StoreUri.WithoutPassword(word);
        var question = masked.IndexOf('?', StringComparison.Ordinal);
        var bare = question < 0 ? masked : masked[..question];
        if (masked != word || (question >= 0 && masked.Contains("password", StringComparison.OrdinalIgnoreCase)))
        {
            // The settings may hold more.
            return bare;
        }

        try
        {
            // Such as redis:user:secret@host.
            var uri = StoreUri.Parse(bare);
            return uri.ToString() == $"{uri.Scheme}:{uri.Path}" ? word : uri.ToString();
        }
        catch (ArgumentException)
        {
            return word;
        }
    }

    /// <summary>Writes the URI of a path. In a URI '?' begins the settings, '%' an escape, and a leading '//' is
    /// dropped; in a path all are ordinary.</summary>
    public static string Of(string scheme, string path)
    {
        var escaped = path
            .Replace("%", "%25", StringComparison.Ordinal)
            .Replace("?", "%3F", StringComparison.Ordinal);
        var hasSlashes = IsServer(scheme) || escaped.StartsWith("//", StringComparison.Ordinal);
        return $"{scheme}:{(hasSlashes ? "//" : "")}{escaped}";
    }
}
