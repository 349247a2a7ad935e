using System.Globalization;

namespace Undercroft.Postgres;

/// <summary>What processes tell each other over a channel of the server: that something was committed, by whom, and
/// whether there is work.</summary>
/// <param name="From">Who has committed: a store of a process. It need not hear it.</param>
/// <param name="HasWork">Whether jobs were made ready or due.</param>
/// <param name="Ready">The place of the first job that was made ready; null where none was.</param>
internal readonly record struct PostgresWord(
    string From, bool HasWork = false, (int Priority, long DueAt)? Ready = null)
{
    /// <summary>What is to be thought where nothing is known: of what came while nobody listened, and of the words of
    /// older programs, which are empty.</summary>
    public static PostgresWord Anything { get; } = new(string.Empty, HasWork: true, (int.MinValue, long.MinValue));

    /// <summary>Reads a word.</summary>
    public static PostgresWord Parse(string text)
    {
        var parts = text.Split('+');
        return parts switch
        {
            [{ Length: > 0 } from] => new(from),
            [{ Length: > 0 } from, ""] => new(from, HasWork: true),
            [{ Length: > 0 } from, var ready] when ready.Split(',') is [var priority, var due] &&
                int.TryParse(priority, CultureInfo.InvariantCulture, out var first) &&
                long.TryParse(due, CultureInfo.InvariantCulture, out var second) =>
                new(from, HasWork: true, (first, second)),
            _ => Anything,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => (HasWork, Ready) switch
    {
        (false, _) => From,
        (true, null) => $"{From}+",
        (true, var (priority, due)) => string.Create(CultureInfo.InvariantCulture, $"{From}+{priority},{due}"),
    };
}
