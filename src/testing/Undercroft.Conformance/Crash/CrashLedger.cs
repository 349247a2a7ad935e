using System.Buffers.Binary;
using System.Globalization;

namespace Undercroft.Conformance.Crash;

/// <summary>What a child has announced before it was killed.</summary>
internal sealed class CrashLedger
{
    private readonly List<(int Producer, long Number, Durability Level)> begun = [];
    private readonly Dictionary<(int Producer, long Number), Revision> done = [];

    /// <summary>How many commits had begun and were not acknowledged when the kill came.</summary>
    public int InFlight => begun.Count - done.Count;

    /// <summary>Reads the number out of a stamp, or out of a value that begins with one.</summary>
    public static long NumberOf(ReadOnlySpan<byte> stamp) => BinaryPrimitives.ReadInt64BigEndian(stamp[1..]);

    /// <summary>Takes down a line; the last one may be cut off, and is then not passed here.</summary>
    public void Take(string line)
    {
        var words = line.Split(' ');
        var (producer, number) = (int.Parse(words[1], CultureInfo.InvariantCulture), Number(words[2]));
        if (words[0] == "begin")
        {
            begun.Add((producer, number, Enum.Parse<Durability>(words[3])));
        }
        else
        {
            done.Add((producer, number), new Revision(Number(words[3])));
        }
    }

    /// <summary>The commits that were acknowledged, with their level.</summary>
    public IEnumerable<(long Number, Durability Level, Revision Revision)> Acknowledged(int producer) =>
        from commit in begun
        where commit.Producer == producer && done.ContainsKey((producer, commit.Number))
        select (commit.Number, commit.Level, done[(producer, commit.Number)]);

    /// <summary>The last commit that had begun; 0 where none had.</summary>
    public long LastBegun(int producer) =>
        begun.Where(commit => commit.Producer == producer)
            .Select(static commit => commit.Number)
            .DefaultIfEmpty()
            .Max();

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
