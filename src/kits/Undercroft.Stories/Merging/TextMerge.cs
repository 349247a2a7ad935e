namespace Undercroft.Stories;

/// <summary>Merges two versions of a text line by line (diff3).</summary>
/// <remarks>Changes of different lines go together, even of lines that touch. Changes of one line, and two additions
/// at one place, contradict each other, unless they are the same.</remarks>
internal static class TextMerge
{
    /// <summary>Merges; where the versions contradict each other the merged text has what the local one says.</summary>
    public static (string Text, bool IsClean) Merge(string original, string local, string remote)
    {
        var before = LineDiff.Lines(original);
        var mine = new Side(before, LineDiff.Lines(local));
        var theirs = new Side(before, LineDiff.Lines(remote));
        var lines = new List<string>();
        var isClean = true;
        var at = 0;
        while (NextStart(mine, theirs) is { } start)
        {
            lines.AddRange(before[at..start]);
            var end = Grow(mine, theirs, start);
            var (ours, other) = (mine.Take(start, end), theirs.Take(start, end));
            isClean &= ours is null || other is null || ours.SequenceEqual(other);
            lines.AddRange(ours ?? other!);
            at = end;
        }

        lines.AddRange(before[at..]);

        // A last line without a line end must not run into what the other version put behind it.
        return lines.SkipLast(1).All(static line => line.EndsWith('\n'))
            ? (string.Concat(lines), isClean)
            : (local, false);
    }

    private static int? NextStart(Side mine, Side theirs) => (mine.Next, theirs.Next) switch
    {
        ({ } left, { } right) => Math.Min(left.Start, right.Start),
        ({ } left, null) => left.Start,
        (null, { } right) => right.Start,
        _ => null,
    };

    // The end of the stretch that begins here: hunks of both sides that overlap belong to one stretch. Lines added in
    // front of a line that the other side replaced are a stretch of their own.
    private static int Grow(Side mine, Side theirs, int start)
    {
        var end = Math.Min(mine.EndOf(start), theirs.EndOf(start));
        var (m, t) = (mine.At, theirs.At);
        for (var isGrowing = true; isGrowing;)
        {
            isGrowing = mine.Join(ref m, start, ref end) | theirs.Join(ref t, start, ref end);
        }

        return end;
    }

    private sealed class Side(List<string> before, List<string> after)
    {
        private List<LineHunk> Hunks { get; } = LineDiff.Find(before, after);

        public int At { get; private set; }

        public LineHunk? Next => At < Hunks.Count ? Hunks[At] : null;

        public int EndOf(int start) => Next is { } hunk && hunk.Start == start ? hunk.End : int.MaxValue;

        /// <summary>Lets a stretch grow over the hunk at a place, if they overlap.</summary>
        public bool Join(ref int at, int start, ref int end)
        {
            if (at >= Hunks.Count || !(Hunks[at].Start < end || (Hunks[at].End == start && end == start)))
            {
                return false;
            }

            end = Math.Max(end, Hunks[at].End);
            at++;
            return true;
        }

        /// <summary>What stands in place of a stretch of the original; null where this side left it alone.</summary>
        public List<string>? Take(int start, int end)
        {
            List<string>? lines = null;
            var at = start;
            while (Next is { } hunk && (hunk.Start < end || start == end) && hunk.End <= end)
            {
                lines ??= [];
                lines.AddRange(before[at..hunk.Start]);
                lines.AddRange(after[hunk.NewStart..hunk.NewEnd]);
                at = hunk.End;
                At++;
            }

            lines?.AddRange(before[at..end]);
            return lines;
        }
    }
}
