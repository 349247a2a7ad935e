namespace Undercroft.Cli.Stores;

/// <summary>What a restore did.</summary>
/// <param name="Target">Where the store is.</param>
/// <param name="Examined">How many records were verified.</param>
/// <param name="MovedAside">Where the store that was there before is now; null where there was none.</param>
internal sealed record RestoreOutcome(string Target, long Examined, string? MovedAside);
