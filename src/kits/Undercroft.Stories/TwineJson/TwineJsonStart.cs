using System.Globalization;

namespace Undercroft.Stories;

/// <summary>The start of a Twine JSON file where it is a number: the specification describes one and shows a name.
/// </summary>
internal static class TwineJsonStart
{
    /// <summary>The passage a number means: the one with that pid, or the one at that place where none has a pid.
    /// </summary>
    public static Passage? ByNumber(string start, IReadOnlyList<(Passage Passage, string? Pid)> listed)
    {
        foreach (var (passage, pid) in listed)
        {
            if (pid == start)
            {
                return passage;
            }
        }

        return int.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && start[0] != '0' && number <= listed.Count && listed.All(item => item.Pid is null)
                ? listed[number - 1].Passage
                : null;
    }
}
