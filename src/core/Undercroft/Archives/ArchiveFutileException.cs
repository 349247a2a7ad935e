namespace Undercroft.Archives;

/// <summary>An archive cannot be completed from where it was begun; one that is begun anew can.</summary>
internal sealed class ArchiveFutileException : StoreException
{
    private ArchiveFutileException(string message, Exception? inner)
        : base(StoreErrorKind.Unavailable, message, inner) => IsTransient = true;

    /// <summary>The feed has forgotten deletions.</summary>
    public static ArchiveFutileException Compacted(Exception inner) => new(
        "Cannot archive the store: deletions were compacted away while it was walked through. Archive it again.",
        inner);

    /// <summary>There are more changes than a reader takes.</summary>
    public static ArchiveFutileException Busy() => new(
        $"Cannot archive the store: more than {ArchiveForm.ChangesMax} records were written meanwhile. " +
        "Archive it in a quieter hour, or archive a backup of it.",
        null);
}
