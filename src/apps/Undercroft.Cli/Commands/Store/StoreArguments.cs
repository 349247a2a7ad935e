using System.CommandLine;
using System.Globalization;
using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Commands;

/// <summary>The arguments that several commands on documents share.</summary>
internal static class StoreArguments
{
    public static Argument<string> Collection() => NotEmpty(new("collection") { Description = "The collection." });

    public static Argument<string> Id() => NotEmpty(new("id") { Description = "The document's id." });

    public static Option<string?> IfRevision(string description) =>
        new("--if-revision") { Description = description, HelpName = "revision" };

    public static Option<string?> Life() => new("--ttl")
    {
        Description = "How long it lives from now on, such as 7d; 'never' lets it never expire. Without it an expiry " +
            "there is stays as it is.",
        HelpName = "time",
    };

    /// <summary>Reads a time to live: for ever where it is to be taken away, null where it stays.</summary>
    public static TimeSpan? ReadLife(string? text) => text switch
    {
        null => null,
        "never" => Timeout.InfiniteTimeSpan,
        _ => Durations.ReadPositive(text, "--ttl"),
    };

    /// <summary>Reads a revision as it is shown, <c>r42</c>, or as a bare number.</summary>
    public static Revision? ReadRevision(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var digits = text.StartsWith('r') ? text.AsSpan(1) : text;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? new Revision(value)
            : throw new CliException(
                ExitCode.Usage,
                $"--if-revision is {Names.Show(text)}; expected a revision such as r42, or 0 for none.");
    }

    /// <summary>Reads the revision of something that is there to be deleted.</summary>
    /// <param name="text">The revision; null means any.</param>
    /// <param name="what">What is to be deleted, as in <c>document</c>.</param>
    public static Revision? ReadHeldRevision(string? text, string what) => ReadRevision(text) is { } found
        ? found != Revision.None
            ? found
            : throw new CliException(
                ExitCode.Usage, $"--if-revision is 0, which no {what} has; expected the revision it was read at.")
        : null;

    /// <summary>Refuses an argument that is empty.</summary>
    public static Argument<string> NotEmpty(Argument<string> argument)
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.Tokens[0].Value.Length == 0)
            {
                result.AddError($"The {argument.Name} is empty; expected a name.");
            }
        });
        return argument;
    }
}
