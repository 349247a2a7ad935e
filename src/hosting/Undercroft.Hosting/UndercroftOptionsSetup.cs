using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Undercroft.Backends;

namespace Undercroft.Hosting;

/// <summary>Reads the settings out of the configuration. By hand: it needs no reflection, and can say which key is
/// wrong.</summary>
internal sealed class UndercroftOptionsSetup(IConfiguration? configuration = null, TimeProvider? clock = null)
    : IConfigureOptions<UndercroftOptions>
{
    // The sections of other packages are theirs to read.
    private static readonly string[] Sections = [nameof(UndercroftOptions.Storage), "Jobs"];

    private static readonly string[] Known =
    [
        nameof(StorageOptions.Durability), nameof(StorageOptions.Origin), nameof(StorageOptions.SlowQueryThreshold),
        nameof(StorageOptions.SweepInterval), nameof(StorageOptions.TransactionAttemptsMax),
        nameof(StorageOptions.WriteAttemptsMax),
    ];

    public void Configure(UndercroftOptions options)
    {
        options.Storage.Clock = clock ?? options.Storage.Clock;
        if (configuration is null)
        {
            return;
        }

        var root = configuration.GetSection(UndercroftOptions.SectionName);
        var section = root.GetSection(nameof(UndercroftOptions.Storage));
        Check(root, [nameof(options.Store)], Sections);
        Check(section, Known, []);
        var storage = options.Storage;
        options.Store = root[nameof(options.Store)] ?? options.Store;
        storage.Origin = section[nameof(storage.Origin)] ?? storage.Origin;
        Read(nameof(storage.SlowQueryThreshold), Time, value => storage.SlowQueryThreshold = value);
        Read(nameof(storage.SweepInterval), Time, value => storage.SweepInterval = value);
        Read(nameof(storage.TransactionAttemptsMax), Number, value => storage.TransactionAttemptsMax = value);
        Read(nameof(storage.WriteAttemptsMax), Number, value => storage.WriteAttemptsMax = value);
        Read(nameof(storage.Durability), Level, value => storage.Durability = value);

        void Read<T>(string name, Func<string, (T Value, string? Expected)> parse, Action<T> set)
        {
            if (section[name] is { } text)
            {
                var (value, expected) = parse(text);
                set(expected is null ? value : throw Wrong(section.GetSection(name), Found(text), expected));
            }
        }
    }

    /// <summary>Refuses what nobody would read: a key that is not known, a value where a section belongs, a section
    /// where a value belongs.</summary>
    private static void Check(IConfigurationSection section, string[] settings, string[] sections)
    {
        string[] known = [.. settings, .. sections];
        if (!string.IsNullOrEmpty(section.Value))
        {
            throw Wrong(section, Found(section.Value), $"a section with {string.Join(", ", known)}");
        }

        foreach (var child in section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw Wrong(child, "is not known", string.Join(", ", known));
            }

            if (settings.Contains(child.Key, StringComparer.OrdinalIgnoreCase) && child.GetChildren().Any())
            {
                throw Wrong(child, "is a section", "a value");
            }
        }
    }

    // A store's URI may hold a password, also where it stands in the wrong place.
    private static string Found(string text) => $"is {Names.Show(StoreUri.WithoutPassword(text))}";

    private static (TimeSpan Value, string? Expected) Time(string text) =>
        text.Equals("never", StringComparison.OrdinalIgnoreCase)
            ? (Timeout.InfiniteTimeSpan, null)
            : StoreSetting.TryReadDuration(text, out var time)
                ? (time, null)
                : (default, "a time such as '30s', '5m', '12h', '7d' or '00:01:00', or 'never'");

    private static (int Value, string? Expected) Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (number, null)
            : (default, "a whole number such as '10'");

    private static (Durability Value, string? Expected) Level(string text) =>
        Array.Find(Enum.GetNames<Durability>(), name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is
            { } level
            ? (Enum.Parse<Durability>(level), null)
            : (default, string.Join(", ", Enum.GetNames<Durability>()));

    private static OptionsValidationException Wrong(IConfigurationSection at, string found, string expected) => new(
        Options.DefaultName,
        typeof(UndercroftOptions),
        [$"The setting {at.Path} {found}; expected {expected}. Correct it, or remove it for the default."]);
}
