using System.Globalization;

namespace Undercroft.Jobs;

/// <summary>Judges a rate limit by what has begun: in no period do more jobs begin than there are permits.</summary>
/// <remarks>The cell keeps when jobs began, the latest exactly and older ones together, under the time of the last of
/// them: that errs on the side of the limit. Who must wait is given a place in line, by time, and still needs a permit
/// when it comes: places that nobody takes up, because no worker is there, do not add up.</remarks>
internal readonly ref struct JobLimiter
{
    private const int BeginsMax = 8;

    // The counts of the cell: up to when the line reaches, how many have a place there, and how many were promised
    // the first permits that come free, and when that is.
    private const int LineAt = 0;
    private const int LineCount = 1;
    private const int FreeAt = 2;
    private const int FreeCount = 3;

    private readonly JobCell cell;
    private readonly RateLimit rate;
    private readonly long now;
    private readonly List<(long At, long Count)> begins;

    public JobLimiter(JobCell cell, RateLimit rate, long now)
    {
        (this.cell, this.rate, this.now) = (cell, rate, now);
        begins = Read(cell.Text);
        _ = begins.RemoveAll(begin => begin.At + rate.Period.Ticks <= now);
    }

    /// <summary>Lets a job begin now, or gives it a place in line.</summary>
    /// <param name="hasPlace">Whether it stood in line already.</param>
    /// <param name="due">When its place is, where it may not begin.</param>
    public bool TryBegin(bool hasPlace, out long due)
    {
        due = now;
        var free = rate.Permits - begins.Sum(static begin => begin.Count);
        var mayBegin = free > 0 && (hasPlace || cell.Counts[LineAt] <= now);
        if (mayBegin)
        {
            Add();
        }
        else
        {
            due = Place(hasPlace, free);
        }

        cell.Text = string.Join(
            ' ',
            begins.Select(static begin =>
                string.Create(CultureInfo.InvariantCulture, $"{begin.At}:{begin.Count}")));
        var last = begins.Count == 0 ? now : begins[^1].At;
        cell.At = Math.Max(cell.At, Math.Max(last + rate.Period.Ticks, cell.Counts[LineAt]));
        return mayBegin;
    }

    private static List<(long At, long Count)> Read(string? text) =>
    [
        .. (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static word =>
        {
            var parts = word.Split(':');
            return (long.Parse(parts[0], CultureInfo.InvariantCulture),
                long.Parse(parts[1], CultureInfo.InvariantCulture));
        }),
    ];

    private void Add()
    {
        var at = begins.Count == 0 ? now : Math.Max(now, begins[^1].At);
        if (begins.Count > 0 && begins[^1].At == at)
        {
            begins[^1] = (at, begins[^1].Count + 1);
            return;
        }

        begins.Add((at, 1));
        if (begins.Count > BeginsMax)
        {
            var closest = 0;
            for (var i = 1; i < begins.Count - 1; i++)
            {
                closest = begins[i + 1].At - begins[i].At < begins[closest + 1].At - begins[closest].At ? i : closest;
            }

            begins[closest + 1] = (begins[closest + 1].At, begins[closest].Count + begins[closest + 1].Count);
            begins.RemoveAt(closest);
        }
    }

    // With the first permits that come free, as far as they are not promised; else at the end of the line, where so
    // many stand in each period as there are permits.
    private long Place(bool hasPlace, long free)
    {
        var counts = cell.Counts;
        if (hasPlace || counts[LineAt] <= now)
        {
            var room = free;
            var at = now;
            for (var i = 0; room <= 0; i++)
            {
                room += begins[i].Count;
                at = begins[i].At + rate.Period.Ticks;
            }

            (counts[FreeAt], counts[FreeCount]) = (at, counts[FreeAt] == at ? counts[FreeCount] : 0);
            if (counts[FreeCount] < room)
            {
                counts[FreeCount]++;
                if (counts[LineAt] <= at)
                {
                    (counts[LineAt], counts[LineCount]) = (at, counts[FreeCount]);
                }

                return at;
            }
        }

        if (counts[LineCount] >= rate.Permits || counts[LineAt] <= now)
        {
            (counts[LineAt], counts[LineCount]) = (Math.Max(counts[LineAt], now) + rate.Period.Ticks, 0);
        }

        counts[LineCount]++;
        return counts[LineAt];
    }
}
