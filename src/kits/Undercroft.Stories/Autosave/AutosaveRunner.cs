using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Stories;

/// <summary>Runs the saves of an autosave: when they are due, one at a time for each story, and tells of
/// them.</summary>
internal sealed class AutosaveRunner : IAsyncDisposable
{
    private readonly CancellationTokenSource ended = new();
    private readonly AutosaveWriter writer;
    private readonly AutosavePolicy policy;

    public AutosaveRunner(AutosaveWriter writer, AutosavePolicy policy)
    {
        (this.writer, this.policy) = (writer, policy);

        // A save that is called off may look at it when the source is disposed already.
        Ended = ended.Token;
    }

    /// <summary>Guards the entries and everything here.</summary>
    public Lock Gate { get; } = new();

    public Handlers<StoryAutosaveSaved> Saved { get; } = new();

    public Handlers<StoryAutosaveFailed> Failed { get; } = new();

    public Handlers<StoryAutosaveMerged> Merged { get; } = new();

    public Handlers<StoryAutosaveStatus> Changed { get; } = new();

    public StoryAutosaveStatistics Counts { get; private set; } = new(0, 0, 0, 0, 0, 0, 0, 0, 0);

    public bool IsPaused { get; set; }

    /// <summary>Is cancelled when the autosave has ended.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Calls off what is still under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync().ConfigureAwait(false);
        ended.Dispose();
    }

    /// <summary>Notes an edit. Call it under the lock.</summary>
    public void Edit(AutosaveEntry entry, Func<Story> snapshot)
    {
        entry.Edit(snapshot);
        Counts = Counts with { Edits = Counts.Edits + 1 };
        Plan(entry);
    }

    public void Report(StoryAutosaveFailed failure) => Count(Failed.Raise(failure));

    public void OnTimer(object? state) => _ = SaveQuietlyAsync((AutosaveEntry)state!);

    // Nobody waits for it: what fails was told to the handlers.
    [SuppressMessage("Design", "CA1031", Justification = "A timer has nobody to throw to; failures are events.")]
    private async Task SaveQuietlyAsync(AutosaveEntry entry)
    {
        try
        {
            lock (Gate)
            {
                if (IsPaused || entry.DueIn(policy.Interval, policy.Debounce) != TimeSpan.Zero)
                {
                    // A timer may ring a moment early.
                    Plan(entry);
                    return;
                }
            }

            await SaveAsync(entry, Ended).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Reported by SaveAsync.
        }
    }

    /// <summary>Saves what was edited, once no other save of the story is under way; tells the handlers.</summary>
    public async Task SaveAsync(AutosaveEntry entry, CancellationToken cancellationToken)
    {
        await entry.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Begin(entry) is { } edit)
            {
                await WriteAsync(entry, edit, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _ = entry.Gate.Release();
        }
    }

    private long? Begin(AutosaveEntry entry)
    {
        StoryAutosaveStatus status;
        long edit;
        lock (Gate)
        {
            if (!entry.IsDirty)
            {
                return null;
            }

            edit = entry.Begin();
            Counts = Counts with { Retries = Counts.Retries + (entry.Failures > 0 ? 1 : 0) };
            status = entry.Status(IsPaused);
        }

        Count(Changed.Raise(status));
        return edit;
    }

    private async Task WriteAsync(AutosaveEntry entry, long edit, CancellationToken cancellationToken)
    {
        AutosaveOutcome outcome;
        try
        {
            outcome = await writer
                .WriteAsync(entry.Known, entry.Stored, Snapshot(entry), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            lock (Gate)
            {
                entry.CallOff();
                Plan(entry);
            }

            throw;
        }
        catch (Exception error)
        {
            Fail(entry, error);
            throw;
        }

        Succeed(entry, edit, outcome);
    }

    private static Story Snapshot(AutosaveEntry entry)
    {
        var story = entry.Snapshot!();
        return story.Id == entry.StoryId
            ? story
            : throw new ArgumentException(
                $"The snapshot of {Names.Show(entry.StoryId)} is the story {Names.Show(story.Id)}. Give the one that "
                + "is open.");
    }

    private void Fail(AutosaveEntry entry, Exception error)
    {
        StoryAutosaveFailed report;
        StoryAutosaveStatus status;
        lock (Gate)
        {
            var delay = policy.RetryIn(error, entry.Failures + 1);
            entry.Fail(error, delay);
            Counts = Counts with { Failures = Counts.Failures + 1 };
            report = new StoryAutosaveFailed(entry.StoryId, error, entry.Failures, delay);
            Plan(entry);
            status = entry.Status(IsPaused);
        }

        Count(Failed.Raise(report) + Changed.Raise(status));
    }

    private void Succeed(AutosaveEntry entry, long edit, AutosaveOutcome outcome)
    {
        StoryAutosaveStatus status;
        lock (Gate)
        {
            entry.Succeed(edit, outcome);
            Counts = Counts with
            {
                Saves = Counts.Saves + 1,
                Merges = Counts.Merges + (outcome.IsMerged ? 1 : 0),
                Conflicts = Counts.Conflicts + outcome.Conflicts.Count,
            };
            Plan(entry);
            status = entry.Status(IsPaused);
        }

        if (outcome.BackupError is { } error)
        {
            Count(Failed.Raise(new StoryAutosaveFailed(entry.StoryId, error, 1, null, IsBackup: true)));
        }

        if (outcome.IsMerged)
        {
            Count(Merged.Raise(new StoryAutosaveMerged(
                entry.StoryId, outcome.Stored, outcome.Conflicts, outcome.CopyIds, outcome.WasDeleted)));
        }

        Count(Saved.Raise(new StoryAutosaveSaved(entry.StoryId, outcome.Stored, !status.IsDirty)));
        Count(Changed.Raise(status));
    }

    /// <summary>Sets the story's timer. Call it under the lock.</summary>
    public void Plan(AutosaveEntry entry)
    {
        var due = IsPaused ? null : entry.DueIn(policy.Interval, policy.Debounce);
        _ = entry.Timer?.Change(due ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void Count(int handlerFailures)
    {
        if (handlerFailures > 0)
        {
            lock (Gate)
            {
                Counts = Counts with { HandlerFailures = Counts.HandlerFailures + handlerFailures };
            }
        }
    }
}
