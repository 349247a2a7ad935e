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
