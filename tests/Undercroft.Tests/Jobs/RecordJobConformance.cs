namespace Undercroft.Tests.Jobs;

/// <summary>The laws of jobs, on jobs kept as records.</summary>
public sealed class RecordJobConformance : MemoryJobConformance
{
    protected override bool AsRecords => true;
}
