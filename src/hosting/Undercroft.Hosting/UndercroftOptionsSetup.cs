using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Undercroft.Hosting;

/// <summary>Reads the settings out of the configuration. By hand: it needs no reflection, and can say which key is
/// wrong.</summary>
internal sealed class UndercroftOptionsSetup(IConfiguration? configuration = null, TimeProvider? clock = null)
    : IConfigureOptions<UndercroftOptions>
{
    private const string Path = $"{UndercroftOptions.SectionName}:{nameof(UndercroftOptions.Storage)}";

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

        var section = configuration.GetSection(Path);
        foreach (var child in section.GetChildren())
        {
            if (!Known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw Wrong(child.Key, "is not known", string.Join(", ", Known));
            }
        }

        var storage = options.Storage;
        options.Store = configuration[$"{UndercroftOptions.SectionName}:{nameof(options.Store)}"] ?? options.Store;
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
                set(expected is null ? value : throw Wrong(name, $"is {Names.Show(text)}", expected));
            }
        }
    }

    private static (TimeSpan Value, string? Expected) Time(string text) =>
        text.Equals("never", StringComparison.OrdinalIgnoreCase)
            ? (Timeout.InfiniteTimeSpan, null)
            : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)
                ? (time, null)
                : (default, "a time such as '00:01:00', or 'never'");

    private static (int Value, string? Expected) Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (number, null)
            : (default, "a whole number such as '10'");

    private static (Durability Value, string? Expected) Level(string text) =>
        Enum.TryParse<Durability>(text, ignoreCase: true, out var level) && Enum.IsDefined(level)
            ? (level, null)
            : (default, string.Join(", ", Enum.GetNames<Durability>()));

    private static OptionsValidationException Wrong(string name, string found, string expected) => new(
        Options.DefaultName,
        typeof(UndercroftOptions),
        [$"The setting {Path}:{name} {found}; expected {expected}. Correct it, or remove it for the default."]);
}
