using Undercroft.Files;

namespace Undercroft;

/// <summary>Opens files stores by URI.</summary>
public static class FileStoreSchemes
{
    private static readonly string[] Known = ["mode", "adopt", "durability", "journalBytes", "cacheBytes"];

    extension(StoreSchemes schemes)
    {
        /// <summary>Adds <c>file:</c>, as in <c>file:./data</c> or <c>file:/var/lib/app?mode=ro</c>.</summary>
        /// <remarks>The folder follows the colon. Settings: <c>mode</c> (<c>rw</c>, or <c>ro</c> for reading only),
        /// <c>adopt</c> (<c>true</c> makes the files of a folder that is no store yet its records),
        /// <c>durability</c> (<c>memory</c>, <c>os</c>, <c>disk</c>), <c>journalBytes</c> and <c>cacheBytes</c>
        /// (<see cref="FileStoreOptions.JournalBytesMax"/> and <see cref="FileStoreOptions.CacheBytesMax"/>). The rest
        /// of <see cref="FileStoreOptions"/> keeps its defaults.</remarks>
        public StoreSchemes AddFiles()
        {
            ArgumentNullException.ThrowIfNull(schemes);
            return schemes.Add("file", static async (uri, clock, cancellationToken) =>
                await FileStore.OpenAsync(Options(uri), clock, cancellationToken).ConfigureAwait(false));
        }
    }

    private static FileStoreOptions Options(StoreUri uri)
    {
        uri.CheckSettings(Known);
        if (uri.Path.Length == 0)
        {
            throw new ArgumentException("'file:' names no folder. Write 'file:./data'.", nameof(uri));
        }

        var options = new FileStoreOptions { Directory = uri.Path, ReadOnly = uri.IsReadOnly() };
        options.AdoptExisting = uri.Choice("adopt", ("true", true), ("false", false)) ?? options.AdoptExisting;
        options.DefaultDurability = uri.DefaultDurability() ?? options.DefaultDurability;
        options.JournalBytesMax = uri.Number("journalBytes") ?? options.JournalBytesMax;
        options.CacheBytesMax = uri.Number("cacheBytes") ?? options.CacheBytesMax;
        uri.Check(
            options.Validate,
            (nameof(options.JournalBytesMax), "journalBytes"), (nameof(options.CacheBytesMax), "cacheBytes"));
        return options;
    }
}
