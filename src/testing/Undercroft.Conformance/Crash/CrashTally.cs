namespace Undercroft.Conformance.Crash;

/// <summary>The sums of a crash run.</summary>
internal sealed class CrashTally
{
    public int Kills { get; set; }

    /// <summary>The kills that came while a commit had begun and was not acknowledged.</summary>
    public int MidCommit { get; set; }

    public long Acknowledged { get; set; }

    public long Found { get; set; }

    /// <summary>What was acknowledged at a level that outlives the process, and is gone.</summary>
    public long Lost { get; set; }

    /// <summary>What was acknowledged at <see cref="Durability.Memory"/>, which promises nothing after a kill, and is
    /// gone.</summary>
    public long LostAtMemory { get; set; }

    /// <summary>What was in flight, and is there, whole.</summary>
    public long FoundInFlight { get; set; }

    public override string ToString() => FormattableString.Invariant(
        $"{Kills} kills ({MidCommit} in mid-commit), {Acknowledged} acknowledged, {Found} found, {Lost} lost") +
        FormattableString.Invariant(
            $"; {LostAtMemory} gone that were promised to memory only, {FoundInFlight} in flight and whole");
}
