namespace Undercroft.Stories;

/// <summary>What an autosave has done since it was made.</summary>
/// <param name="Stories">How many stories are open.</param>
/// <param name="Dirty">How many of them have edits that are not saved.</param>
/// <param name="Edits">How many edits were marked.</param>
/// <param name="Saves">How many saves succeeded; many edits may share one.</param>
/// <param name="Failures">How many saves failed.</param>
/// <param name="Retries">How many of all saves were tried again after a failure.</param>
/// <param name="Merges">How many saves met edits of others.</param>
/// <param name="Conflicts">How many contradictions were found in those.</param>
/// <param name="HandlerFailures">How many handlers of events failed.</param>
public sealed record StoryAutosaveStatistics(
    int Stories,
    int Dirty,
    long Edits,
    long Saves,
    long Failures,
    long Retries,
    long Merges,
    long Conflicts,
    long HandlerFailures);
