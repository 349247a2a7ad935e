namespace Undercroft.Cli.Stores;

/// <summary>What a restore did.</summary>
/// <param name="Target">Where the store is.</param>
/// <param name="Examined">How many records were verified.</param>
/// <param name="MovedAside">Where the store that was there before is now; null where there was none.</param>
/// <param name="Kept">How many records of an archive the store had already and kept.</param>
/// <param name="IsResumed">Whether it went on where an earlier run had stopped.</param>
internal sealed record RestoreOutcome(
    string Target, long Examined, string? MovedAside, long Kept = 0, bool IsResumed = false);
