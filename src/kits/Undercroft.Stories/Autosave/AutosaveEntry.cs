namespace Undercroft.Stories;

/// <summary>One story under autosave: what was edited, what is saved, and when the next save is due. Not safe for
/// threads: <see cref="StoryAutosave"/> holds its lock.</summary>
internal sealed class AutosaveEntry(string storyId, Story? known, StoredStory? stored, TimeProvider clock)
{
    private long firstEditAt;
    private long lastEditAt;
    private long retryFrom;
    private TimeSpan? retryDelay;
    private bool hasEditSince;
    private DateTimeOffset? savedAt;

    public string StoryId => storyId;

    /// <summary>One save at a time.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    public ITimer? Timer { get; set; }

    /// <summary>Gives what the editor has; null until something was edited.</summary>
    public Func<Story>? Snapshot { get; private set; }

    public Story? Known { get; private set; } = known;

    public StoredStory? Stored { get; private set; } = stored;

    public long Edits { get; private set; }

    public long SavedEdits { get; private set; }

    public bool IsSaving { get; private set; }

    public bool HasFailed { get; private set; }

    public int Failures { get; private set; }

    public Exception? Error { get; private set; }

    public bool IsDirty => Edits != SavedEdits;

    public void Edit(Func<Story> snapshot)
    {
        Snapshot = snapshot;
        Edits++;
        lastEditAt = clock.GetTimestamp();
        if (!hasEditSince)
        {
            (hasEditSince, firstEditAt) = (true, lastEditAt);
        }

        if (HasFailed)
        {
            // A new edit is a new reason to try.
            (HasFailed, Failures, retryDelay) = (false, 0, null);
        }
    }

    /// <summary>How long until the next save; null where none is due.</summary>
    public TimeSpan? DueIn(TimeSpan interval, TimeSpan debounce)
    {
        if (!IsDirty || IsSaving || HasFailed)
        {
            return null;
        }

        TimeSpan Left(long from, TimeSpan time) => time - clock.GetElapsedTime(from);
        var left = retryDelay is { } delay
            ? Left(retryFrom, delay)
            : Min(Left(firstEditAt, interval), Left(lastEditAt, debounce));
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Begins a save.</summary>
    /// <returns>The edit that it will have saved.</returns>
    public long Begin()
    {
        (IsSaving, hasEditSince) = (true, false);
        return Edits;
    }

    public void Succeed(long edit, AutosaveOutcome outcome)
    {
        (IsSaving, HasFailed, Failures, Error, retryDelay) = (false, false, 0, null, null);
        (Known, Stored, SavedEdits, savedAt) = (outcome.Known, outcome.Stored, edit, clock.GetUtcNow());
    }

    /// <summary>Ends a save that failed.</summary>
    /// <param name="error">Why.</param>
    /// <param name="delay">When to try again; null means never.</param>
    public void Fail(Exception error, TimeSpan? delay)
    {
        (IsSaving, HasFailed, Error, retryDelay) = (false, delay is null, error, delay);
        Failures++;
        retryFrom = clock.GetTimestamp();
    }

    /// <summary>Ends a save that was called off.</summary>
    public void CallOff() => IsSaving = false;

    /// <summary>Takes the story in the store for the one the editor has.</summary>
    public Story? Adopt()
    {
        if (IsDirty || IsSaving || Stored is null || ReferenceEquals(Known, Stored.Story))
        {
            return null;
        }

        var story = Stored.Story;
        (Known, Snapshot) = (story, () => story);
        return story;
    }

    public StoryAutosaveStatus Status(bool isPaused) => new()
    {
        StoryId = storyId,
        State = IsSaving ? StoryAutosaveState.Saving
            : HasFailed ? StoryAutosaveState.Failed
            : isPaused ? StoryAutosaveState.Paused
            : IsDirty ? StoryAutosaveState.Dirty
            : savedAt is null ? StoryAutosaveState.Idle
            : StoryAutosaveState.Saved,
        IsDirty = IsDirty,
        Revision = Stored?.Revision ?? Revision.None,
        SavedAt = savedAt,
        Failures = Failures,
        Error = Error,
        HasNews = Stored is not null && !ReferenceEquals(Known, Stored.Story),
    };

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
