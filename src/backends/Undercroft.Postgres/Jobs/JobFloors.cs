using Undercroft.Jobs;

namespace Undercroft.Postgres.Jobs;

/// <summary>Where in each list of ready jobs the last claim of this process ended. The next begins there, so that it
/// does not step over the rows of jobs that are done and cannot be cleaned up yet, because somebody holds an old
/// snapshot.</summary>
/// <remarks>What this process makes ready before that place takes it back at once, and what others make ready does as
/// soon as their word is heard; where none comes, it is seen within a second. A claim that does not fill up so begins
/// at the head in any case.</remarks>
internal sealed class JobFloors(TimeProvider time)
{
    private const int Max = 1_000;
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(string Queue, string Kind), Floor> floors = [];
    private readonly Lock gate = new();
    private long turn;

    /// <summary>Grows whenever a place is taken back.</summary>
    public long Turn => Volatile.Read(ref turn);

    /// <summary>Finds the place to begin after; null where that is the head.</summary>
    public (int Priority, long DueAt, long Place)? Find(string queue, string kind)
    {
        lock (gate)
        {
            return floors.TryGetValue((queue, kind), out var floor) && time.GetElapsedTime(floor.Since) < GoodFor
                ? floor.At
                : null;
        }
    }

    /// <summary>Notes where a claim ended that has begun in a turn.</summary>
    /// <param name="last">The last row claimed.</param>
    /// <param name="begun">The turn.</param>
    /// <param name="wasBounded">Whether the claim began at the place before.</param>
    public void Set(JobData last, long begun, bool wasBounded)
    {
        lock (gate)
        {
            if (turn != begun)
            {
                return;
            }

            if (floors.Count >= Max)
            {
                floors.Clear();
            }

            // It is good for a second from the last look at the head.
            var key = (last.Queue, last.Kind);
            var since = wasBounded && floors.TryGetValue(key, out var before) ? before.Since : time.GetTimestamp();
            floors[key] = new Floor((last.Priority, last.DueAt, last.Place), since);
        }
    }

    /// <summary>Hears of a job that was made ready.</summary>
    public void Hear(JobRow ready)
    {
        lock (gate)
        {
            if (!floors.TryGetValue((ready.Queue, ready.Kind), out var floor))
            {
                turn++;
            }
            else if ((ready.Priority, ready.DueAt, ready.Order).CompareTo(floor.At) <= 0)
            {
                turn++;
                _ = floors.Remove((ready.Queue, ready.Kind));
            }
        }
    }

    /// <summary>Hears that others have made jobs ready, and of the first of them where it stands.</summary>
    public void Hear((int Priority, long DueAt) first)
    {
        lock (gate)
        {
            // In which list it is, the word does not say.
            turn++;
            foreach (var (list, floor) in floors)
            {
                if (first.CompareTo((floor.At.Priority, floor.At.DueAt)) <= 0)
                {
                    _ = floors.Remove(list);
                }
            }
        }
    }

    private readonly record struct Floor((int Priority, long DueAt, long Place) At, long Since);
}
