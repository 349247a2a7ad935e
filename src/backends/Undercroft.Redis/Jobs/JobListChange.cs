using System.Globalization;
using System.Text;

namespace Undercroft.Redis.Jobs;

/// <summary>What leaves a sorted set and what comes.</summary>
internal sealed class JobListChange
{
    private static readonly byte[] NoScore = "0"u8.ToArray();

    private readonly List<byte[]> gone = [];
    private readonly List<byte[]> added = [];

    public void Remove(byte[] member) => gone.Add(member);

    public void Add(byte[] member)
    {
        added.Add(NoScore);
        added.Add(member);
    }

    /// <summary>Adds the words that say so, where there is anything to say.</summary>
    public void Write(byte[] list, List<byte[]> words)
    {
        if (gone.Count + added.Count == 0)
        {
            return;
        }

        words.Add(list);
        words.Add(Number(gone.Count));
        words.AddRange(gone);
        words.Add(Number(added.Count));
        words.AddRange(added);
    }

    private static byte[] Number(int number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
