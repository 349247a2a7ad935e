using System.Globalization;
using Undercroft.Sqlite;

namespace Undercroft;

/// <summary>Opens SQLite stores by URI.</summary>
public static class SqliteStoreSchemes
{
    private static readonly string[] Known = ["mode", "busyTimeout", "durability", "library"];

    extension(StoreSchemes schemes)
    {
        /// <summary>Adds <c>sqlite:</c>, as in <c>sqlite:app.db</c> or <c>sqlite:/var/lib/app.db?mode=ro</c>.</summary>
        /// <remarks>The path follows the colon. Settings: <c>mode</c> (<c>rw</c>, or <c>ro</c> for reading only),
        /// <c>busyTimeout</c> (<c>500ms</c>, <c>5s</c>, <c>1m</c>), <c>durability</c> (<c>memory</c>, <c>os</c>,
        /// <c>disk</c>) and <c>library</c> (the SQLite library to use). The rest of
        /// <see cref="SqliteStoreOptions"/> keeps its defaults.</remarks>
        public StoreSchemes AddSqlite()
        {
            ArgumentNullException.ThrowIfNull(schemes);
            return schemes.Add("sqlite", static async (uri, clock, cancellationToken) =>
                await SqliteStore.OpenAsync(Options(uri), clock, cancellationToken).ConfigureAwait(false));
        }
    }

    private static SqliteStoreOptions Options(StoreUri uri)
    {
        uri.CheckSettings(Known);
        if (uri.Path.Length == 0)
        {
            throw new ArgumentException("'sqlite:' names no file. Write 'sqlite:app.db'.", nameof(uri));
        }

        var options = new SqliteStoreOptions { DatabasePath = uri.Path };
        foreach (var (name, text) in uri.Settings)
        {
            // The names were checked above; case does not matter.
            switch (name.ToUpperInvariant())
            {
                case "MODE":
                    options.ReadOnly = text switch
                    {
                        "ro" => true,
                        "rw" => false,
                        _ => throw Wrong(name, text, "'ro' or 'rw'"),
                    };
                    break;
                case "BUSYTIMEOUT":
                    options.BusyTimeout = Duration(name, text);
                    break;
                case "DURABILITY":
                    options.DefaultDurability = Enum.TryParse<Durability>(text, ignoreCase: true, out var level) &&
                        Enum.IsDefined(level) && !char.IsAsciiDigit(text[0])
                        ? level
                        : throw Wrong(name, text, "'memory', 'os' or 'disk'");
                    break;
                default:
                    options.LibraryPath = text;
                    break;
            }
        }

        return options;
    }

    private static TimeSpan Duration(string name, string text)
    {
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

    private static ArgumentException Wrong(string name, string found, string expected) =>
        new($"The setting '{name}' of the store is {Names.Show(found)}; expected {expected}.");
}
