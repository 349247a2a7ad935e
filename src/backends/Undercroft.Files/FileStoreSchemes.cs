using System.Globalization;

namespace Undercroft.Files;

/// <summary>Adds the scheme of this backend.</summary>
public static class FileStoreSchemes
{
    private const string Scheme = "file";
    private const string ReadOnlySetting = "readOnly";
    private const string AdoptSetting = "adopt";
    private const string DurabilitySetting = "durability";

    extension(StoreSchemes schemes)
    {
        /// <summary>Adds <c>file:folder</c>, with the settings <c>readOnly</c>, <c>adopt</c> (<c>true</c> or
        /// <c>false</c>) and <c>durability</c> (<c>memory</c>, <c>os</c> or <c>disk</c>).</summary>
        public StoreSchemes AddFiles()
        {
            ArgumentNullException.ThrowIfNull(schemes);
            return schemes.Add(Scheme, OpenAsync);
        }
    }

    private static async ValueTask<IStore> OpenAsync(
        StoreUri uri, TimeProvider clock, CancellationToken cancellationToken)
    {
        uri.CheckSettings(ReadOnlySetting, AdoptSetting, DurabilitySetting);
        if (uri.Path.Length == 0)
        {
            throw new ArgumentException("A files store needs a folder; write 'file:./data'.", nameof(uri));
        }

        var options = new FileStoreOptions
        {
            Directory = uri.Path,
            ReadOnly = Switch(uri, ReadOnlySetting),
            AdoptExisting = Switch(uri, AdoptSetting),
        };
        if (uri.Settings.TryGetValue(DurabilitySetting, out var level))
        {
            options.DefaultDurability = Enum.TryParse<Durability>(level, ignoreCase: true, out var parsed) &&
                !int.TryParse(level, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)
                    ? parsed
                    : throw Wrong(uri, DurabilitySetting, level, "memory, os or disk");
        }

        return await FileStore.OpenAsync(options, clock, cancellationToken).ConfigureAwait(false);
    }

    private static bool Switch(StoreUri uri, string setting) =>
        uri.Settings.TryGetValue(setting, out var text) &&
        (bool.TryParse(text, out var value) ? value : throw Wrong(uri, setting, text, "true or false"));

    private static ArgumentException Wrong(StoreUri uri, string setting, string found, string expected) =>
        new($"The setting {setting} of '{uri}' is {Names.Show(found)}; write {expected}.", nameof(uri));
}
