namespace Undercroft.Stories;

/// <summary>A story to be saved, alone or with others in one change.</summary>
/// <param name="Id">The id it is saved under.</param>
/// <param name="Options">What to expect and to do beside.</param>
internal sealed record SaveRequest(string Id, StorySaveOptions Options)
{
    /// <summary>The story, where it does not depend on what is there.</summary>
    public Story? Story { get; init; }

    /// <summary>Makes the story of the one that is there, again where somebody else was faster; null saves nothing.
    /// </summary>
    public Func<KnownStory?, Story?>? Decide { get; init; }
}

/// <summary>What became of a request.</summary>
/// <param name="Stored">The story as it is kept now.</param>
/// <param name="Summary">Its summary.</param>
/// <param name="IsNew">Whether there was none before.</param>
/// <param name="PassagesChanged">How many passages are new or other than before; all of them where that was not looked
/// at.</param>
/// <param name="PassagesRemoved">How many passages are gone; none where that was not looked at.</param>
internal sealed record SaveOutcome(
    StoredStory Stored, StorySummary Summary, bool IsNew, int PassagesChanged, int PassagesRemoved);
