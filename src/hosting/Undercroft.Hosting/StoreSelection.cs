namespace Undercroft.Hosting;

/// <summary>Decides which store an application uses, where its code does not.</summary>
/// <remarks>In this order: the options (code, then configuration), <c>UNDERCROFT_STORE</c>, <c>STORAGE_BACKEND</c> with
/// its path, memory.</remarks>
/// <param name="schemes">The kinds of stores known.</param>
/// <param name="environment">Reads a variable of the environment; null or empty where it is not set.</param>
internal sealed class StoreSelection(StoreSchemes schemes, Func<string, string?> environment)
{
    public const string StoreVariable = "UNDERCROFT_STORE";
    public const string BackendVariable = "STORAGE_BACKEND";

    private const string Memory = "memory";
    private const string Setting = $"{UndercroftOptions.SectionName}:{nameof(UndercroftOptions.Store)}";

    public StoreSchemes Schemes => schemes;

    /// <summary>Gives the URI of the store.</summary>
    /// <exception cref="ArgumentException">What was chosen is not a store, or of a kind nobody registered.</exception>
    public string Choose(UndercroftOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.Store))
        {
            return Check(options.Store.Trim(), Setting);
        }

        if (Variable(StoreVariable) is { } uri)
        {
            return Check(uri, StoreVariable);
        }

        return Variable(BackendVariable) is { } backend ? OfBackend(backend) : Memory + ":";
    }

    // A file of variables leaves a line's end behind, and no store's name begins or ends in a blank.
    private string? Variable(string name) => environment(name)?.Trim() is { Length: > 0 } value ? value : null;

    private string Check(string uri, string source)
    {
        string scheme;
        try
        {
            scheme = StoreUri.Parse(uri).Scheme;
        }
        catch (ArgumentException error)
        {
            // The name of a parameter says nothing to somebody who wrote a variable.
            var sentence = error.Message.Split(" (Parameter '", 2)[0];
            throw new ArgumentException($"{source} is wrong. {sentence}", error);
        }

        return Find(scheme) is null
            ? throw new ArgumentException(
                $"{source} names a store of the kind {Names.Show(scheme)}; expected one of {Kinds()}. Correct it, or " +
                "register the kind with UseSchemes.")
            : uri;
    }

    private string OfBackend(string backend)
    {
        if (Find(backend.Trim()) is not { } scheme)
        {
            throw new ArgumentException(
                $"{BackendVariable} is {Names.Show(backend)}; expected one of {Kinds()}. Correct it, or remove it to " +
                "keep everything in memory.");
        }

        if (scheme == Memory)
        {
            return Memory + ":";
        }

        if (UrlVariable(scheme) is { } named)
        {
            return Variable(named) is { } url
                ? Check(url, named)
                : throw new ArgumentException(
                    $"{BackendVariable} is {Names.Show(backend)}, and {named} is not set; expected the address of " +
                    $"the server. Set {named}, or {StoreVariable} to a whole URI instead of both.");
        }

        var variable = PathVariable(scheme);
        return Variable(variable) is { } path
            ? $"{scheme}:{Escape(path)}"
            : throw new ArgumentException(
                $"{BackendVariable} is {Names.Show(backend)}, and {variable} is not set; expected the path to keep " +
                $"the store at. Set {variable}, or {StoreVariable} to a whole URI instead of both.");
    }

    private string? Find(string scheme) =>
        schemes.Known.FirstOrDefault(known => known.Equals(scheme, StringComparison.OrdinalIgnoreCase));

    private string Kinds() => string.Join(", ", schemes.Known.Select(static kind => $"'{kind}'"));

    /// <summary>The variable that holds the address for a backend on a server; null where it is kept at a path.
    /// </summary>
    private static string? UrlVariable(string scheme) => scheme switch
    {
        "postgres" or "postgresql" => "POSTGRESQL_URL",
        "redis" or "rediss" => "REDIS_URL",
        _ => null,
    };

    /// <summary>The variable that holds the path for a backend: <c>SQLITE_PATH</c> for <c>sqlite</c>.</summary>
    private static string PathVariable(string scheme) =>
        string.Concat(scheme.ToUpperInvariant().Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_')) + "_PATH";

    /// <summary>Keeps a path as it is through the reading of a URI.</summary>
    private static string Escape(string path)
    {
        var escaped = path
            .Replace("%", "%25", StringComparison.Ordinal)
            .Replace("?", "%3F", StringComparison.Ordinal);
        return escaped.StartsWith("//", StringComparison.Ordinal) ? "//" + escaped : escaped;
    }
}
