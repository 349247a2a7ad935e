using System.Security.Cryptography;
using System.Text;

namespace Undercroft.Files.Tests.Faults;

/// <summary>What a <see cref="FaultFileSystem"/> holds: names and files as the system shows them, as the disk has them,
/// and the changes that are still between the two.</summary>
internal sealed class FaultDisk
{
    private readonly List<Change> unsynced = [];
    private readonly Dictionary<string, Node> lasting = new(StringComparer.Ordinal);
    private long time = 1_000_000;

    /// <summary>What is there, by path, as the system shows it.</summary>
    public Dictionary<string, Node> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>How often the machine was started.</summary>
    public int Boots { get; private set; } = 1;

    /// <summary>How coarse the times of files are, in ticks.</summary>
    public long Tick { get; init; } = 1;

    /// <summary>The changes that a power cut may lose, oldest first.</summary>
    public IReadOnlyList<Change> Unsynced => unsynced;

    private long Time => time / Tick * Tick;

    public void Do(Change change)
    {
        time += Tick > 1 ? 1 : 100;
        change.Do(Names, Time);
        unsynced.Add(change);
    }

    public void Sync(Func<Change, bool> covers)
    {
        for (var i = 0; i < unsynced.Count;)
        {
            if (covers(unsynced[i]))
            {
                unsynced[i].Last(lasting, null);
                unsynced.RemoveAt(i);
            }
            else
            {
                i++;
            }
        }
    }

    /// <summary>Ends all that is not on the disk, but for what fate keeps of it.</summary>
    /// <param name="fates">What becomes of each change, by its place.</param>
    /// <param name="tears">Which sectors of torn writes are kept.</param>
    public void PowerOn(Func<int, Change, Fate> fates, Random tears)
    {
        for (var i = 0; i < unsynced.Count; i++)
        {
            var fate = fates(i, unsynced[i]);
            if (fate == Fate.Kept || (fate == Fate.Torn && unsynced[i] is WriteChange))
            {
                unsynced[i].Last(lasting, fate == Fate.Torn ? tears : null);
            }
        }

        unsynced.Clear();
        Names.Clear();
        foreach (var (path, node) in lasting)
        {
            node.Bytes = [.. node.LastingBytes];
            Names[path] = node;
        }

        Boots++;
    }

    /// <summary>Forgets, without a restart, some of what was written and not synced.</summary>
    public void Forget(Random chance)
    {
        var nodes = unsynced.OfType<WriteChange>().Select(static change => change.Node).Distinct().ToList();
        foreach (var node in nodes)
        {
            if (chance.Next(2) == 0)
            {
                node.Bytes = [.. node.LastingBytes];
                _ = unsynced.RemoveAll(change => change is WriteChange write && write.Node == node);
            }
        }
    }

    /// <summary>Puts a file there that lasts; null deletes it.</summary>
    public void Edit(string path, byte[]? bytes)
    {
        if (bytes is null)
        {
            _ = Names.Remove(path);
            _ = lasting.Remove(path);
            return;
        }

        time += Tick > 1 ? 1 : 10_000;
        Names[path] = lasting[path] = new Node { Bytes = [.. bytes], LastingBytes = bytes, WrittenAt = Time };
    }

    /// <summary>Writes over a file; it keeps its name, and what is written lasts.</summary>
    public void EditInPlace(string path, byte[] bytes)
    {
        time += 1;
        if (Names.TryGetValue(path, out var node))
        {
            (node.Bytes, node.LastingBytes, node.WrittenAt) = ([.. bytes], bytes, Time);
        }
    }

    /// <summary>Another disk that holds the same, and has the same still to write.</summary>
    /// <param name="also">A change of this disk that the other one has taken too.</param>
    public FaultDisk Copy(Change? also = null)
    {
        var nodes = new Dictionary<Node, Node>();
        var copy = new FaultDisk { Tick = Tick, Boots = Boots, time = time };
        foreach (var (path, node) in Names)
        {
            copy.Names[path] = CopyOf(node);
        }

        foreach (var (path, node) in lasting)
        {
            copy.lasting[path] = CopyOf(node);
        }

        copy.unsynced.AddRange(unsynced.Select(change => change.Of(CopyOf)));
        if (also is not null)
        {
            copy.Do(also.Of(CopyOf));
        }

        return copy;

        Node CopyOf(Node node) => nodes.TryGetValue(node, out var known) ? known : nodes[node] = node.Copy();
    }

    /// <summary>Equal for disks on which the same lasts.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, node) in lasting.OrderBy(static name => name.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{node.LastingBytes.Length}\0{node.WrittenAt}\0"));
            hash.AppendData(node.LastingBytes);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
