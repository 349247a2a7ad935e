using System.Collections;
using System.Globalization;

namespace Undercroft.Jobs;

/// <summary>What every line that is logged in a run carries.</summary>
internal sealed class JobLogScope(LeasedJob job) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 4;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("job.id", job.Id.ToString()),
        1 => new("job.kind", job.Kind),
        2 => new("job.queue", job.Queue),
        3 => new("job.attempt", job.Attempt),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"job.id:{job.Id} job.kind:{job.Kind} job.attempt:{job.Attempt}");
}
