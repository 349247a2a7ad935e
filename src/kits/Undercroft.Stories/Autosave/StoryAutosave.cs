using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Stories;

/// <summary>Saves stories while they are edited, by a clock, and without overwriting what others save.</summary>
/// <remarks>
/// An edit is saved once it has been quiet for <see cref="StoryAutosaveOptions.Debounce"/>, or at the latest after
/// <see cref="StoryAutosaveOptions.Interval"/>. What is edited during a save is saved by the next one. A save that
/// fails is tried again, later each time, up to <see cref="StoryAutosaveOptions.AttemptsMax"/>. Where others saved
/// meanwhile, both are merged by passage and field; of what contradicts, the editor's word counts, and the others'
/// version is kept whole as a story of its own. Handlers run one after the other while the story is being saved, and
/// must not wait for a save. Safe for many threads.
/// </remarks>
public sealed class StoryAutosave : IAsyncDisposable
{
    private readonly Dictionary<string, AutosaveEntry> entries = new(StringComparer.Ordinal);
    private readonly StoryLibrary library;
    private readonly AutosavePolicy policy;
    private readonly AutosaveRunner runner;
    private readonly Lock gate;
    private bool isDisposed;

    /// <summary>Saves into a library.</summary>
    /// <param name="library">The library; it stays the caller's, to be disposed later.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public StoryAutosave(StoryLibrary library, StoryAutosaveOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(library);
        options ??= new StoryAutosaveOptions();
        options.Validate();
        this.library = library;
        policy = new AutosavePolicy(options);
        runner = new AutosaveRunner(new AutosaveWriter(library, options.Backups), policy);
        gate = runner.Gate;
    }

    /// <summary>What has been done so far.</summary>
    public StoryAutosaveStatistics Statistics
    {
        get
        {
            lock (gate)
            {
                return runner.Counts with
                {
                    Stories = entries.Count,
                    Dirty = entries.Values.Count(static entry => entry.IsDirty),
                };
            }
        }
    }

    /// <summary>Calls a handler after each save.</summary>
    /// <returns>Dispose it to remove the handler.</returns>
    public IDisposable OnSaved(Action<StoryAutosaveSaved> handler) => runner.Saved.Add(handler);

    /// <summary>Calls a handler after each save, or backup, that failed.</summary>
    /// <returns>Dispose it to remove the handler.</returns>
    public IDisposable OnFailed(Action<StoryAutosaveFailed> handler) => runner.Failed.Add(handler);

    /// <summary>Calls a handler after each save that met edits of others, before those of <see
    /// cref="OnSaved"/>.</summary>
    /// <returns>Dispose it to remove the handler.</returns>
    public IDisposable OnMerged(Action<StoryAutosaveMerged> handler) => runner.Merged.Add(handler);

    /// <summary>Calls a handler whenever a save begins or ends.</summary>
    /// <returns>Dispose it to remove the handler.</returns>
    public IDisposable OnStateChanged(Action<StoryAutosaveStatus> handler) => runner.Changed.Add(handler);

    /// <summary>Loads a story to be edited. What was loaded is the beginning that later merges compare with.</summary>
    /// <param name="storyId">The story's id.</param>
    /// <param name="cancellationToken">Ends the wait; the story is not open then.</param>
    /// <returns>The story; null where there is none: then it is open all the same, and the first save creates it.
    /// </returns>
    /// <exception cref="InvalidOperationException">The story is open already, or too many are.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async ValueTask<StoredStory?> OpenAsync(string storyId, CancellationToken cancellationToken = default)
    {
        var stored = await library.LoadFreshAsync(storyId, cancellationToken).ConfigureAwait(false);
        var entry = new AutosaveEntry(storyId, stored?.Story, stored, policy.Clock);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            policy.CheckRoom(entries, storyId);
            entry.Timer = policy.Clock.CreateTimer(
                runner.OnTimer, entry, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            entries.Add(storyId, entry);
        }

        return stored;
    }

    /// <summary>Says that a story was edited.</summary>
    /// <param name="story">The story as it is now. Its id is that of an open one.</param>
    /// <exception cref="InvalidOperationException">No such story is open.</exception>
    public void MarkDirty(Story story)
    {
        ArgumentNullException.ThrowIfNull(story);
        MarkDirty(story.Id, () => story);
    }

    /// <summary>Says that a story was edited, and how to get it when it is saved.</summary>
    /// <param name="storyId">The id of an open story.</param>
    /// <param name="snapshot">Gives the story as it is at that moment; called when a save begins, on its
    /// thread.</param>
    /// <exception cref="InvalidOperationException">No such story is open.</exception>
    public void MarkDirty(string storyId, Func<Story> snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            var entry = Find(storyId);
            runner.Edit(entry, snapshot);
        }
    }

    /// <summary>Saves a story now, if it was edited, even where autosave is paused. Waits for a save that is under way.
    /// </summary>
    /// <param name="storyId">The id of an open story.</param>
    /// <param name="cancellationToken">Ends the wait; the story may be saved, and stays dirty otherwise.</param>
    /// <returns>The story as the library has it; null where it was never there nor edited.</returns>
    /// <exception cref="InvalidOperationException">No such story is open.</exception>
    /// <exception cref="StoreException">The store failed; a later attempt is planned where that may help.</exception>
    public async ValueTask<StoredStory?> SaveNowAsync(string storyId, CancellationToken cancellationToken = default)
    {
        AutosaveEntry entry;
        lock (gate)
        {
            entry = Find(storyId);
        }

        await runner.SaveAsync(entry, cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            return entry.Stored;
        }
    }

    /// <summary>Saves every story that was edited, even where autosave is paused.</summary>
    /// <param name="cancellationToken">Ends the wait; what was saved stays so.</param>
    /// <returns>What failed; empty where everything is saved.</returns>
    /// <exception cref="ObjectDisposedException">It has ended: what was not saved then was reported to
    /// <see cref="OnFailed"/>.</exception>
    public ValueTask<IReadOnlyList<StoryAutosaveFailed>> SaveAllAsync(CancellationToken cancellationToken = default)
    {
        AutosaveEntry[] open;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            open = [.. entries.Values];
        }

        return SaveAsync(open, cancellationToken);
    }

    [SuppressMessage("Design", "CA1031", Justification = "One story that fails must not keep the others unsaved.")]
    private async ValueTask<IReadOnlyList<StoryAutosaveFailed>> SaveAsync(
        AutosaveEntry[] open, CancellationToken cancellationToken)
    {
        var failures = new List<StoryAutosaveFailed>();
        foreach (var entry in open)
        {
            try
            {
                await runner.SaveAsync(entry, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                failures.Add(new StoryAutosaveFailed(entry.StoryId, error, entry.Failures, null));
            }
        }

        return failures;
    }

    /// <summary>Gives the story that the editor should show, where others' edits were merged into it, and takes it for
    /// what the editor has from now on.</summary>
    /// <param name="storyId">The id of an open story.</param>
    /// <returns>Null where the editor has it already, or has edits that are not saved yet: then ask again after the
    /// next save. Until it is adopted every save is merged.</returns>
    /// <exception cref="InvalidOperationException">No such story is open.</exception>
    public Story? Adopt(string storyId)
    {
        lock (gate)
        {
            return Find(storyId).Adopt();
        }
    }

    /// <summary>Tells how a story stands; null where it is not open.</summary>
    public StoryAutosaveStatus? Status(string storyId)
    {
        lock (gate)
        {
            return entries.GetValueOrDefault(storyId)?.Status(runner.IsPaused);
        }
    }

    /// <summary>Stops saving by the clock. What is asked for is still saved.</summary>
    public void Pause() => SetPaused(true);

    /// <summary>Goes on saving by the clock; what was due meanwhile is saved at once.</summary>
    public void Resume() => SetPaused(false);

    /// <summary>Saves a story, if it was edited, and lets it go.</summary>
    /// <param name="storyId">The id of an open story.</param>
    /// <param name="cancellationToken">Ends the wait; the story stays open.</param>
    /// <exception cref="InvalidOperationException">No such story is open.</exception>
    /// <exception cref="StoreException">It cannot be saved, and stays open: <see cref="Discard"/> gives its edits up.
    /// </exception>
    public async ValueTask CloseAsync(string storyId, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            _ = await SaveNowAsync(storyId, cancellationToken).ConfigureAwait(false);
            lock (gate)
            {
                // What was edited during the save is saved too.
                if (!entries.TryGetValue(storyId, out var entry) || !entry.IsDirty)
                {
                    _ = Discard(storyId);
                    return;
                }
            }
        }
    }

    /// <summary>Lets a story go, and its unsaved edits with it.</summary>
    /// <param name="storyId">The story's id.</param>
    /// <returns>Whether it was open.</returns>
    public bool Discard(string storyId)
    {
        lock (gate)
        {
            var isOpen = entries.Remove(storyId, out var entry);
            entry?.Timer?.Dispose();
            return isOpen;
        }
    }

    /// <summary>Saves everything, for as long as <see cref="StoryAutosaveOptions.ExitTimeout"/> allows, and ends. What
    /// cannot be saved is reported to <see cref="OnFailed"/>; nothing is thrown.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (isDisposed)
            {
                return;
            }

            (isDisposed, runner.IsPaused) = (true, true);
        }

        await SaveLastAsync().ConfigureAwait(false);
        await runner.DisposeAsync().ConfigureAwait(false);
        lock (gate)
        {
            foreach (var entry in entries.Values)
            {
                entry.Timer?.Dispose();
            }

            entries.Clear();
        }
    }

    private async Task SaveLastAsync()
    {
        AutosaveEntry[] open;
        lock (gate)
        {
            open = [.. entries.Values];
        }

        try
        {
            _ = await SaveAsync(open, runner.Ended).AsTask()
                .WaitAsync(policy.ExitTimeout, policy.Clock).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            AutosaveEntry[] left;
            lock (gate)
            {
                left = [.. entries.Values.Where(static entry => entry.IsDirty)];
            }

            foreach (var entry in left)
            {
                runner.Report(new StoryAutosaveFailed(entry.StoryId, error, entry.Failures + 1, null));
            }
        }
    }

    private void SetPaused(bool paused)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            runner.IsPaused = paused;
            foreach (var entry in entries.Values)
            {
                runner.Plan(entry);
            }
        }
    }

    private AutosaveEntry Find(string storyId)
    {
        ArgumentNullException.ThrowIfNull(storyId);
        ObjectDisposedException.ThrowIf(isDisposed, this);
        return entries.TryGetValue(storyId, out var entry)
            ? entry
            : throw new InvalidOperationException(
                $"The story {Names.Show(storyId)} is not open. Call {nameof(OpenAsync)} first.");
    }
}
