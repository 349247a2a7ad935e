using System.CommandLine;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Invocation;

/// <summary>Says what is wrong with a command line.</summary>
internal static class UsageErrors
{
    private const int DistanceMax = 2;

    /// <summary>Writes the first thing that is wrong, the name that was probably meant, and where to read on.</summary>
    public static ExitCode Report(ParseResult parse, Terminal terminal)
    {
        var command = parse.CommandResult.Command;
        var message = parse.Errors.Count > 0 ? Plain(parse.Errors[0].Message) : "The command line cannot be read.";
        foreach (var word in parse.Tokens.Select(static token => token.Value).Concat(parse.UnmatchedTokens).Distinct())
        {
            message = message.Replace($"'{word}'", $"'{UriText.Masked(word)}'", StringComparison.Ordinal);
        }

        var meant = parse.UnmatchedTokens.Count > 0 ? Closest(parse.UnmatchedTokens[0], command) : null;
        terminal.Error.WriteLine(SafeText.OneLine(
            $"{CliApp.Name}: {message}{(meant is null ? "" : $" Did you mean '{meant}'?")} "
            + $"See '{PathOf(command)} --help'."));
        terminal.Error.Flush();
        return ExitCode.Usage;
    }

    // "Cannot parse argument 'x' for option '--limit' as expected type 'System.Nullable`1[System.Int32]'.": types are
    // no words of ours.
    private static string Plain(string message)
    {
        var type = message.IndexOf(" as expected type '", StringComparison.Ordinal);
        if (type < 0)
        {
            return message;
        }

        var expected = message.AsSpan(type).Contains("Double", StringComparison.Ordinal) ? "a number"
            : message.AsSpan(type).Contains("Int64", StringComparison.Ordinal) ? "a whole number"
            : "a whole number up to 2147483647";
        return $"{message[..type]}; expected {expected}.";
    }

    private static string PathOf(Command command) => string.Join(
        ' ', Ancestors(command).Reverse().Select(static at => at is RootCommand ? CliApp.Name : at.Name));

    private static string? Closest(string token, Command command)
    {
        var names = command.Subcommands.Select(static child => child.Name)
            .Concat(command.Options.Select(static option => option.Name))
            .Concat(Ancestors(command).SelectMany(static parent => parent.Options)
                .Where(static option => option.Recursive).Select(static option => option.Name));
        return names
            .Select(name => (Name: name, Distance: Distance(token, name)))
            .Where(static pair => pair.Distance <= DistanceMax)
            .OrderBy(static pair => pair.Distance)
            .Select(static pair => pair.Name)
            .FirstOrDefault();
    }

    private static IEnumerable<Command> Ancestors(Command command)
    {
        for (var at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
        {
            yield return at;
        }
    }

    /// <summary>How many letters must be changed, added or removed to make one text of another.</summary>
    private static int Distance(string from, string to)
    {
        if (Math.Abs(from.Length - to.Length) > DistanceMax)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var change = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
