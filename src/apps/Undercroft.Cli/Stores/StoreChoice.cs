using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;

namespace Undercroft.Cli.Stores;

/// <summary>Which store a command works on, and who said so.</summary>
/// <param name="Uri">The store's URI.</param>
/// <param name="Source">The option or variable that names it, or <c>default</c>.</param>
internal sealed record StoreChoice(StoreUri Uri, string Source)
{
    private const string DefaultSource = "default";
    private const string BackendSource = "STORAGE_BACKEND";
    private const string DefaultPath = "undercroft.db";
    private const string DefaultFolder = "undercroft-data";

    /// <summary>The store where nobody names one: a file in the working directory.</summary>
    public const string DefaultUri = "sqlite:" + DefaultPath;

    /// <summary>Why this store, as words in brackets.</summary>
    public string Reason => Source == DefaultSource ? "the default" : $"chosen by {Source}";

    /// <summary>Chooses: the option first, then <c>UNDERCROFT_STORE</c>, then <c>STORAGE_BACKEND</c>, then the default.
    /// </summary>
    /// <exception cref="CliException">What is named is no store.</exception>
    public static StoreChoice Make(string? option, IEnvironment environment) =>
        option is not null ? Parse(option, "--store")
        : environment["UNDERCROFT_STORE"] is { } uri ? Parse(uri, "UNDERCROFT_STORE")
        : environment["STORAGE_BACKEND"] is { } backend ? FromBackend(backend, environment)
        : Parse(DefaultUri, DefaultSource);

    /// <summary>Takes a store that an argument names.</summary>
    /// <exception cref="CliException">What is named is no store.</exception>
    public static StoreChoice Of(string uri, string source) => Parse(uri, source);

    private static StoreChoice FromBackend(string backend, IEnvironment environment) =>
        backend.ToUpperInvariant() switch
        {
            "MEMORY" => Parse("memory:", BackendSource),
            "SQLITE" => FromPath("sqlite", environment["SQLITE_PATH"] ?? DefaultPath),
            "POSTGRES" or "POSTGRESQL" => FromUrl("POSTGRESQL_URL", "postgres://user@localhost/app", environment),
            "REDIS" => FromUrl("REDIS_URL", "redis://localhost:6379", environment),
            "FILE" => FromPath("file", environment["FILE_PATH"] ?? DefaultFolder),
            _ => throw new CliException(
                ExitCode.Usage,
                $"STORAGE_BACKEND is {Names.Show(backend)}; expected memory, sqlite, file, postgres or redis. Set one "
                + "of these, or name the store by --store or UNDERCROFT_STORE."),
        };

    private static StoreChoice FromPath(string scheme, string path) => Parse(UriText.Of(scheme, path), BackendSource);

    private static StoreChoice FromUrl(string variable, string example, IEnvironment environment) =>
        environment[variable] is { } url ? Parse(url, variable) : throw new CliException(
            ExitCode.Usage,
            $"STORAGE_BACKEND names a server, and {variable} is not set; expected its address, such as {example}. Set "
            + "it, or name the store by --store or UNDERCROFT_STORE.");

    /// <summary>Says whether a text is the URI of a store of a known kind.</summary>
    public static bool IsStore(string text, StoreSchemes schemes)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && schemes.Known.Contains(text[..colon], StringComparer.OrdinalIgnoreCase);
    }

    private static StoreChoice Parse(string uri, string source)
    {
        try
        {
            return new StoreChoice(StoreUri.Parse(uri), source);
        }
        catch (ArgumentException error)
        {
            throw new CliException(
                ExitCode.Usage,
                IsPlace(uri.Split('?')[0])
                    ? error.Message
                    : $"{source} names no store: found {Names.Show(StoreUri.WithoutPassword(uri))}, expected a scheme "
                        + "and a place, such as sqlite:app.db, file:./data or memory:.");
        }
    }

    // Then what is wrong is a setting.
    private static bool IsPlace(string uri)
    {
        try
        {
            _ = StoreUri.Parse(uri);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
