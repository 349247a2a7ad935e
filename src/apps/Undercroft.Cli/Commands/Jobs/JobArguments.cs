using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Jobs;

namespace Undercroft.Cli.Commands;

/// <summary>The arguments that several commands on jobs share.</summary>
internal static class JobArguments
{
    public static Argument<string[]> Ids(string description) => new("jobs")
    {
        Description = description,
        Arity = ArgumentArity.OneOrMore,
    };

    public static Option<string?> Queue(string description) =>
        new("--queue", "-q") { Description = description, HelpName = "queue" };

    public static Option<string?> Kind(string description) =>
        new("--kind", "-k") { Description = description, HelpName = "kind" };

    /// <summary>Reads the id of a job.</summary>
    public static JobId ReadId(string text) => JobId.TryParse(text, out var id)
        ? id
        : throw new CliException(
            ExitCode.Usage,
            $"{Names.Show(text)} is no id of a job; expected 32 hexadecimal digits, as '{CliApp.Name} jobs list' shows "
            + "them.");

    /// <summary>Reads a state as it is shown, in lower case.</summary>
    public static JobState ReadState(string text) =>
        text.Length > 0 && char.IsLetter(text[0]) && Enum.TryParse<JobState>(text, ignoreCase: true, out var state)
            ? state
            : throw new CliException(
                ExitCode.Usage,
                $"--state is {Names.Show(text)}; expected one of "
                + $"{string.Join(", ", Enum.GetValues<JobState>().Select(JobView.StateOf))}.");

    public static CliException NotThere(JobId id) => new(
        ExitCode.NotFound, $"There is no job {id}: it was never enqueued here, or it was pruned.");
}
