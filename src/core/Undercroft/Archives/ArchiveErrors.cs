namespace Undercroft.Archives;

/// <summary>What readers of archives throw.</summary>
internal static class ArchiveErrors
{
    /// <summary>The archive is damaged, or was never one.</summary>
    /// <param name="what">What was found and expected, as a clause.</param>
    /// <param name="at">Where, in bytes of the uncompressed archive.</param>
    /// <param name="inner">What was thrown below; null where nothing was.</param>
    public static StoreException Damaged(string what, long at, Exception? inner = null) => new(
        StoreErrorKind.Corrupt,
        FormattableString.Invariant(
            $"The archive is damaged or no archive at all: at byte {at} {what}. Use another copy of it."),
        inner);

    /// <summary>The archive was written by a later version.</summary>
    public static StoreException TooNew(int version) => new(
        StoreErrorKind.Unsupported,
        FormattableString.Invariant(
            $"The archive has form {version}; this version reads form {ArchiveForm.Version}. Read it with a later ") +
        "version.");

    /// <summary>The archive is larger than its reader takes.</summary>
    public static StoreException TooLarge(string what) => new(
        StoreErrorKind.LimitExceeded, $"The archive was refused: {what}. If you trust it, raise the limit.");
}
