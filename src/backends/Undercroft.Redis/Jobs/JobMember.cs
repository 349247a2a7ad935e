using Undercroft.Jobs;

namespace Undercroft.Redis.Jobs;

/// <summary>What a row is in its lists: what orders it, and its id.</summary>
/// <param name="First">Orders it first.</param>
/// <param name="Second">Orders it then.</param>
/// <param name="Order">Orders it at last, and alone in the list of its state.</param>
/// <param name="Id">The job's id.</param>
internal readonly record struct JobMember(long First, long Second, long Order, JobId Id)
{
    /// <summary>How many bytes it takes in the list of its place.</summary>
    public const int PlaceBytes = (3 * sizeof(long)) + JobNames.IdBytes;

    /// <summary>How many bytes it takes in the list of its state.</summary>
    public const int StateBytes = sizeof(long) + JobNames.IdBytes;

    public static JobMember Of(JobRow row) => new(row.SortKey.First, row.SortKey.Second, row.Order, row.Id);

    /// <summary>Writes it for the list of its place; what stands at the end is for the list of its state.</summary>
    public void Write(Span<byte> to)
    {
        JobNames.Write(to, First);
        JobNames.Write(to[sizeof(long)..], Second);
        JobNames.Write(to[(2 * sizeof(long))..], Order);
        JobNames.WriteId(to[(3 * sizeof(long))..], Id);
    }
}
