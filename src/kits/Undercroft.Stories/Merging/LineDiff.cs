using System.Runtime.InteropServices;

namespace Undercroft.Stories;

/// <summary>A run of lines that one version replaced by others.</summary>
/// <param name="Start">The first line of the original that is replaced.</param>
/// <param name="End">The line of the original after the last that is replaced; equal to the start where lines are
/// only added.</param>
/// <param name="NewStart">The first line that stands there now.</param>
/// <param name="NewEnd">The line after the last that stands there now.</param>
internal readonly record struct LineHunk(int Start, int End, int NewStart, int NewEnd);

/// <summary>Finds which lines of a text were replaced (Myers' shortest edit).</summary>
internal static class LineDiff
{
    // Beyond so many differing lines the middle counts as one change: time and memory grow with the square.
    private const int EditsMax = 1000;

    /// <summary>Cuts a text into lines, each with its line end.</summary>
    public static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at) is var found and >= 0 ? found + 1 : text.Length;
            lines.Add(text[at..end]);
            at = end;
        }

        return lines;
    }

    /// <summary>Lists what was replaced, in order; two hunks never touch.</summary>
    public static List<LineHunk> Find(List<string> before, List<string> after)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var old = Number(before, numbers);
        var fresh = Number(after, numbers);
        var head = old.AsSpan().CommonPrefixLength(fresh);
        var tail = 0;
        while (tail < Math.Min(old.Length, fresh.Length) - head && old[^(tail + 1)] == fresh[^(tail + 1)])
        {
            tail++;
        }

        var kept = new bool[old.Length];
        var copied = new bool[fresh.Length];
        MarkShared(old.AsSpan(head..^tail), fresh.AsSpan(head..^tail), kept.AsSpan(head), copied.AsSpan(head));
        kept.AsSpan(0, head).Fill(true);
        copied.AsSpan(0, head).Fill(true);
        kept.AsSpan(old.Length - tail).Fill(true);
        copied.AsSpan(fresh.Length - tail).Fill(true);
        return Hunks(kept, copied);
    }

    private static List<LineHunk> Hunks(bool[] kept, bool[] copied)
    {
        var hunks = new List<LineHunk>();
        var (i, j) = (0, 0);
        while (i < kept.Length || j < copied.Length)
        {
            var (start, newStart) = (i, j);
            while (i < kept.Length && !kept[i])
            {
                i++;
            }

            while (j < copied.Length && !copied[j])
            {
                j++;
            }

            if (i > start || j > newStart)
            {
                hunks.Add(new LineHunk(start, i, newStart, j));
            }

            while (i < kept.Length && j < copied.Length && kept[i] && copied[j])
            {
                i++;
                j++;
            }
        }

        return hunks;
    }

    // Walks diagonal by diagonal until one reaches the end, then back along it: a diagonal step is a shared line.
    private static void MarkShared(Span<int> old, Span<int> fresh, Span<bool> kept, Span<bool> copied)
    {
        if (old.IsEmpty || fresh.IsEmpty)
        {
            return;
        }

        var edits = Math.Min(old.Length + fresh.Length, EditsMax);
        var furthest = new int[(2 * edits) + 3];
        var steps = new List<int[]>();
        for (var d = 0; d <= edits; d++)
        {
            for (var k = -d; k <= d; k += 2)
            {
                var x = Begin(furthest, edits, d, k);
                while (x < old.Length && x - k < fresh.Length && old[x] == fresh[x - k])
                {
                    x++;
                }

                furthest[edits + 1 + k] = x;
                if (x >= old.Length && x - k >= fresh.Length)
                {
                    WalkBack(steps, d, k, x, kept, copied);
                    return;
                }
            }

            steps.Add(furthest[(edits + 1 - d)..(edits + 2 + d)]);
        }
    }

    private static int Begin(int[] furthest, int edits, int d, int k)
    {
        var (below, above) = (furthest[edits + k], furthest[edits + 2 + k]);
        return d == 0 ? 0 : k == -d || (k != d && below < above) ? above : below + 1;
    }

    private static void WalkBack(List<int[]> steps, int d, int k, int x, Span<bool> kept, Span<bool> copied)
    {
        for (; d >= 0; d--)
        {
            // Row d-1 holds diagonals -(d-1) to d-1; those beside it were never reached.
            int At(int diagonal) => Math.Abs(diagonal) <= d - 1 ? steps[d - 1][diagonal + d - 1] : int.MinValue;
            var comesDown = d > 0 && (k == -d || (k != d && At(k - 1) < At(k + 1)));
            var begin = d == 0 ? 0 : comesDown ? At(k + 1) : At(k - 1) + 1;
            for (; x > begin; x--)
            {
                kept[x - 1] = true;
                copied[x - 1 - k] = true;
            }

            if (d > 0)
            {
                x = comesDown ? begin : begin - 1;
                k += comesDown ? 1 : -1;
            }
        }
    }

    private static int[] Number(List<string> lines, Dictionary<string, int> numbers)
    {
        var result = new int[lines.Count];
        for (var i = 0; i < result.Length; i++)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, lines[i], out var isKnown);
            number = isKnown ? number : numbers.Count;
            result[i] = number;
        }

        return result;
    }
}
