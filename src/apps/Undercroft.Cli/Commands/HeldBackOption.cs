using System.CommandLine;
using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Commands;

/// <summary><c>--held-back-wait</c>: how long to wait where the store's feed holds commits back.</summary>
internal sealed class HeldBackOption : Option<string>
{
    private const string LongName = "--held-back-wait";

    public HeldBackOption()
        : base(LongName)
    {
        Description = "How long to wait for commits that the store holds back from its feed, as PostgreSQL does while "
            + "an older transaction is open; then the command fails.";
        HelpName = "time";
        DefaultValueFactory = static _ => "5m";
    }

    /// <summary>Reads it, and has a wait told of.</summary>
    public HeldBackWait Read(CliRun run) => new()
    {
        WaitMax = Durations.Read(run.Get(this)!, LongName),
        Progress = new Output.Relay<FeedHold>(hold => run.Output.Note("Waiting: " + Text(hold))),
    };

    /// <summary>Says what is held back, since when and why.</summary>
    public static string Text(FeedHold hold) =>
        $"what was committed since {Output.Amounts.Time(hold.Since)} is held back from the feed. {hold.Reason}";
}
