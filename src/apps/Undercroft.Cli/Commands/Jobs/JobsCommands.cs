using System.CommandLine;
using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Commands;

/// <summary>The group <c>jobs</c>: what is to be done, and what became of it.</summary>
internal static class JobsCommands
{
    public static Command Create(CliContext context) =>
        new CommandGroup(context, "jobs", "Look at background jobs, enqueue and run them.")
        {
            new JobsListCommand(context),
            new JobsShowCommand(context),
            new JobsEnqueueCommand(context),
            new JobsRetryCommand(context),
            new JobsCancelCommand(context),
            new JobsPauseCommand(context, resumes: false),
            new JobsPauseCommand(context, resumes: true),
            new JobsStatsCommand(context),
            new JobsWorkCommand(context),
            new JobsWatchCommand(context),
        };
}
