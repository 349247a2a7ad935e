using Undercroft.Jobs;

namespace Undercroft.Conformance.Jobs;

/// <summary>A job of the model.</summary>
internal sealed class ModelJob
{
    public required JobId Id { get; init; }

    public required int Priority { get; init; }

    public required long Order { get; init; }

    public required int? Key { get; init; }

    public long DueAt { get; set; }

    public JobState State { get; set; }

    public int Attempt { get; set; }

    public int Crashes { get; set; }

    public long Fence { get; set; }

    public SessionId Session { get; set; }

    public bool IsCancelRequested { get; set; }
}
