using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store watch</c>: follows the feed.</summary>
internal sealed class StoreWatchCommand : CliCommand
{
    private readonly Argument<string[]> collections = new("collections")
    {
        Description = "Only these collections; without one, all but Undercroft's own.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> from = new("--from")
    {
        Description = "Where to begin: 'beginning', 'now', or a cursor that an earlier run showed. Without it: now, "
            + "and with --once the beginning.",
        HelpName = "cursor",
    };

    private readonly Option<bool> once = new("--once") { Description = "Stop where there is nothing more." };

    private readonly Option<int?> limit = new("--limit")
    {
        Description = "Stop after this many changes, and what was committed with the last of them.",
        HelpName = "count",
    };

    private readonly Option<bool> values = new("--values") { Description = "With --json: bring the documents too." };

    public StoreWatchCommand(CliContext context)
        : base(context, "watch", "Show what changes, as it happens, until Ctrl-C.")
    {
        Add(collections);
        Add(from);
        Add(once);
        Add(limit);
        Add(values);
        limit.MustBe(1);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var walk = new Walk { Cursor = Start(run), Left = run.Get(limit) ?? int.MaxValue };
        var code = ExitCode.Ok;
        try
        {
            while (await FollowAsync(run, storage, walk, cancellationToken).ConfigureAwait(false))
            {
                // The next pages are to hold no more than is left.
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how a watch ends: no failure, nothing to explain.
            code = ExitCode.Cancelled;
        }

        if (walk.Hold is { } hold && code == ExitCode.Ok && run.Get(once))
        {
            run.Output.Note("Not all is shown: " + HeldBackOption.Text(hold));
        }

        if (!run.IsJson)
        {
            run.Output.Note($"Go on with --from {walk.Cursor}");
        }

        return code;
    }

    // Shows pages whole, so that behind each of them there is a place to go on from: a page is whole commits. False
    // where it is over, true where smaller pages are to be asked for.
    private async ValueTask<bool> FollowAsync(
        CliRun run, Storage storage, Walk walk, CancellationToken cancellationToken)
    {
        var names = run.Get(collections) is { Length: > 0 } named ? named : null;
        var options = new FollowOptions
        {
            Collections = names,
            Waits = !run.Get(once),
            Detail = run.Get(values) ? RecordDetail.Whole : RecordDetail.Meta,
            PageSize = Math.Min(walk.Left, FollowOptions.Default.PageSize),

            // Where to go on is said at the end, also where nothing of what is watched has changed.
            ProgressInterval = TimeSpan.FromSeconds(1),
            TellsHeldBack = run.Get(once),
        };
        await foreach (var page in storage.FollowAsync(walk.Cursor, options, cancellationToken).ConfigureAwait(false))
        {
            var changes = page.Changes
                .Where(change => names is not null || !change.Key.Collection.StartsWith('$'))
                .ToList();
            for (var i = 0; i < changes.Count; i++)
            {
                // Only after the last of a page is it safe to go on behind the page.
                Show(run, changes[i], i == changes.Count - 1 ? page.Next : walk.Cursor);
            }

            walk.Cursor = page.Next;
            walk.Hold = page.HeldBack;
            walk.Left -= Math.Min(walk.Left, changes.Count);
            await run.Output.FlushAsync().ConfigureAwait(false);
            if (walk.Left < options.PageSize)
            {
                return walk.Left > 0;
            }
        }

        return false;
    }

    private FeedCursor Start(CliRun run) => run.Get(from) switch
    {
        "beginning" => FeedCursor.Beginning,
        "now" => FeedCursor.End,
        null => run.Get(once) ? FeedCursor.Beginning : FeedCursor.End,
        var text => new FeedCursor(text),
    };

    private static void Show(CliRun run, StoreRecord change, FeedCursor cursor)
    {
        if (run.IsJson)
        {
            var value = change.IsDeleted || change.Value.IsEmpty ? null : DocumentView.Parse(change.Value);
            run.Output.Json(
                new ChangeView(
                    change.Key.Collection, change.Key.Id, change.Revision.Value, change.IsDeleted, change.UpdatedAt,
                    change.Origin, DocumentView.TagsOf(change.Meta), cursor.ToString(), value),
                CliJson.Default.ChangeView);
            return;
        }

        var what = change.IsDeleted ? "deleted" : "written";
        run.Output.Line($"{Amounts.Time(change.UpdatedAt)}  {change.Revision}  {what}  {change.Key}");
    }

    // How far a watch is.
    private sealed class Walk
    {
        public FeedCursor Cursor { get; set; }

        public int Left { get; set; }

        public FeedHold? Hold { get; set; }
    }
}

/// <summary>What <c>store watch --json</c> writes for each change.</summary>
/// <remarks><c>cursor</c> is where to go on after this change: nothing is lost, some changes may come again.</remarks>
internal sealed record ChangeView(
    string Collection,
    string Id,
    long Revision,
    bool Deleted,
    DateTimeOffset UpdatedAt,
    string? Origin,
    IReadOnlyList<string>? Tags,
    string Cursor,
    [property: JsonConverter(typeof(DocumentValueConverter))] JsonElement? Value);
