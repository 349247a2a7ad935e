namespace Undercroft.Cli.Stores;

/// <summary>Stores on servers: one server has many, told apart by a setting of the URI.</summary>
internal static class ServerStore
{
    /// <summary>The setting that tells stores of a server apart; null where a URI is none of a server that this tool
    /// knows.</summary>
    public static string? Setting(StoreUri uri) => uri.Scheme switch
    {
        "postgres" or "postgresql" => "tenant",
        "redis" or "rediss" or "redis+sentinel" or "rediss+sentinel" => "store",
        _ => null,
    };

    /// <summary>Another store on the same server, with nothing made for people to look at; null where a URI is none of
    /// a server.</summary>
    public static StoreUri? Beside(StoreUri uri, string name)
    {
        if (Setting(uri) is not { } setting)
        {
            return null;
        }

        var settings = new Dictionary<string, string>(uri.Settings, StringComparer.OrdinalIgnoreCase)
        {
            [setting] = name,
        };
        if (setting == "tenant")
        {
            settings["views"] = "off";
        }

        return uri with { Settings = settings };
    }
}
