using System.Globalization;

namespace Undercroft.Cli.Stores;

/// <summary>Puts a store that was made beside another in its place.</summary>
internal static class PlaceSwap
{
    /// <summary>A name for what is in the way, with the time in it.</summary>
    public static string Stamp(TimeProvider clock) => clock.GetUtcNow().UtcDateTime.ToString(
        "yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Moves a store to its place, and what is there aside.</summary>
    /// <param name="made">The store that was made.</param>
    /// <param name="target">Its place.</param>
    /// <param name="stamp">The end of the name of what is moved aside.</param>
    /// <returns>Where what was there is now; null where there was nothing.</returns>
    public static string? Run(StorePlace made, StorePlace target, string stamp)
    {
        if (!target.Exists)
        {
            made.MoveTo(target.Path);
            return null;
        }

        var aside = $"{Path.TrimEndingDirectorySeparator(target.Path)}.before-restore-{stamp}";
        target.MoveTo(aside);
        try
        {
            made.MoveTo(target.Path);
            return aside;
        }
        catch
        {
            target.At(aside).MoveTo(target.Path);
            throw;
        }
    }
}
