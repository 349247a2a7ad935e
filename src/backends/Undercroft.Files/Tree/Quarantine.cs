using System.Globalization;
using Undercroft.Files.Disk;
using Undercroft.Files.State;

namespace Undercroft.Files.Tree;

/// <summary>Where things go that are in the way and cannot be taken as an edit: nothing of anybody's is thrown away.
/// </summary>
internal static class Quarantine
{
    private const int NumberMax = 10_000;

    /// <summary>Moves something out of the way, and tells.</summary>
    /// <param name="core">The store.</param>
    /// <param name="path">What is in the way.</param>
    /// <param name="name">The name it is to be known by.</param>
    /// <param name="reason">Why, as the beginning of a sentence.</param>
    public static void Take(StoreCore core, string path, string name, string reason)
    {
        core.Files.CreateDirectory(core.Paths.Quarantine);
        for (var number = 1; number <= NumberMax; number++)
        {
            var aside = Path.Combine(
                core.Paths.Quarantine, string.Create(CultureInfo.InvariantCulture, $"{number:D4}-{name}"));
            if (core.Files.TryRename(path, aside))
            {
                core.Notices.Add($"{reason}: it is kept as {core.Paths.Show(aside)}.");
                return;
            }
        }

        throw new IOException($"'{core.Paths.Quarantine}' is full. Look at what is in it, and empty it");
    }
}
