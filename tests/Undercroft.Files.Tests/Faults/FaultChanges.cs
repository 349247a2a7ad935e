using Undercroft.Files.Disk;

namespace Undercroft.Files.Tests.Faults;

/// <summary>A file or directory, as the system shows it and as the disk has it.</summary>
internal sealed class Node
{
    public bool IsDirectory { get; init; }

    public List<byte> Bytes { get; set; } = [];

    public byte[] LastingBytes { get; set; } = [];

    public long WrittenAt { get; set; }

    public Node Copy() => new()
    {
        IsDirectory = IsDirectory,
        Bytes = [.. Bytes],
        LastingBytes = LastingBytes,
        WrittenAt = WrittenAt,
    };

    public FileStamp Stamp => IsDirectory
        ? new FileStamp(0, 0, FileKind.Directory)
        : new FileStamp(Bytes.Count, WrittenAt);
}

/// <summary>A change the system has taken and the disk may not have yet.</summary>
internal abstract record Change
{
    public abstract void Do(Dictionary<string, Node> names, long now);

    public abstract void Last(Dictionary<string, Node> names, Random? tears);

    /// <summary>The same change of other files.</summary>
    public abstract Change Of(Func<Node, Node> other);
}

/// <summary>A name that came, went or moved.</summary>
internal sealed record NameChange(string Path, Node? Node, string? From) : Change
{
    public override void Do(Dictionary<string, Node> names, long now) => Last(names, null);

    public override void Last(Dictionary<string, Node> names, Random? tears)
    {
        if (From is not null)
        {
            _ = names.Remove(From);
        }

        // What was made in a directory that is lost is lost with it.
        var isReachable = System.IO.Path.GetDirectoryName(Path) is not { } above || names.ContainsKey(above);
        if (Node is null || !isReachable)
        {
            _ = names.Remove(Path);
        }
        else
        {
            names[Path] = Node;
        }
    }

    public override Change Of(Func<Node, Node> other) => this with { Node = Node is null ? null : other(Node) };
}

/// <summary>Two names whose files were swapped.</summary>
internal sealed record SwapChange(string One, Node NewOne, string Other, Node NewOther) : Change
{
    public override void Do(Dictionary<string, Node> names, long now) => Last(names, null);

    public override void Last(Dictionary<string, Node> names, Random? tears)
    {
        names[One] = NewOne;
        names[Other] = NewOther;
    }

    public override Change Of(Func<Node, Node> other) =>
        this with { NewOne = other(NewOne), NewOther = other(NewOther) };
}

/// <summary>Bytes that were written or cut off.</summary>
internal sealed record WriteChange(Node Node, long Offset, byte[] Bytes, bool Truncates = false) : Change
{
    public override void Do(Dictionary<string, Node> names, long now)
    {
        Apply(Node.Bytes, null);
        Node.WrittenAt = now;
    }

    public override void Last(Dictionary<string, Node> names, Random? tears)
    {
        var bytes = Node.LastingBytes.ToList();
        Apply(bytes, tears);
        Node.LastingBytes = [.. bytes];
    }

    public override Change Of(Func<Node, Node> other) => this with { Node = other(Node) };

    private void Apply(List<byte> bytes, Random? tears)
    {
        if (Truncates)
        {
            bytes.RemoveRange((int)Math.Min(Offset, bytes.Count), bytes.Count - (int)Math.Min(Offset, bytes.Count));
            return;
        }

        while (bytes.Count < Offset + Bytes.Length)
        {
            bytes.Add(0);
        }

        for (var at = 0; at < Bytes.Length;)
        {
            // A sector is written whole or not at all.
            var inSector = (Offset + at) % FaultFileSystem.Sector;
            var end = (int)Math.Min(Bytes.Length, at + FaultFileSystem.Sector - inSector);
            for (var isKept = tears is null || tears.Next(2) == 0; at < end; at++)
            {
                bytes[(int)Offset + at] = isKept ? Bytes[at] : bytes[(int)Offset + at];
            }
        }
    }
}
