using System.Buffers.Binary;

namespace Undercroft.Conformance.Crash;

/// <summary>What a commit of a crash run writes, so that writer and checker agree without a word.</summary>
/// <remarks>Each producer numbers its commits. A commit writes its number into several records of a slot, which the
/// commits of the producer share in turn, into the producer's head, at the revision of the commit before, and counts
/// itself. So what is found tells exactly which commits are there, and whether they are whole.</remarks>
internal static class CrashLayout
{
    public const int Producers = 8;
    public const int Slots = 8;
    public const int Parts = 3;
    public const string StampIndex = "stamp";
    public const string Heads = "heads";

    /// <summary>Every fifth commit deletes this record, the others write it.</summary>
    public const int DeletesEvery = 5;

    public static RecordKey Total { get; } = new("counts", "total");

    public static RecordKey Part(int producer, long slot, int part) => new($"part{part}", $"{producer}/{slot}");

    public static RecordKey Head(int producer) => new(Heads, $"{producer}");

    public static RecordKey Count(int producer) => new("counts", $"{producer}");

    public static RecordKey ComesAndGoes(int producer) => new("odd", $"{producer}");

    /// <summary>Makes a producer's commit.</summary>
    public static Commit CommitOf(
        int producer, long number, Revision head, Durability level, CommitIdentity identity)
    {
        var operations = new List<StoreOperation>
        {
            new PutOperation(Head(producer), Stamp(producer, number), WriteCondition.At(head)),
            new AddOperation(Count(producer), 1),
            new AddOperation(Total, 1),
            number % DeletesEvery == 0
                ? new DeleteOperation(ComesAndGoes(producer))
                : new PutOperation(ComesAndGoes(producer), Stamp(producer, number)),
        };
        for (var part = 0; part < Parts; part++)
        {
            operations.Add(new PutOperation(Part(producer, number % Slots, part), Value(producer, number, part))
            {
                Entries = Entries(producer, number, part),
            });
        }

        return new Commit(operations) { Durability = level, Identity = identity };
    }

    public static IReadOnlyList<IndexEntry> Entries(int producer, long number, int part) =>
    [
        new IndexEntry(StampIndex, Stamp(producer, number)),
        new IndexEntry("unique", Stamp(producer, (number * Parts) + part), IsUnique: true),
    ];

    public static byte[] Stamp(int producer, long number)
    {
        var stamp = new byte[1 + sizeof(long)];
        stamp[0] = (byte)producer;
        BinaryPrimitives.WriteInt64BigEndian(stamp.AsSpan(1), number);
        return stamp;
    }

    /// <summary>The value of one part: mostly small, now and then large enough to be torn.</summary>
    public static byte[] Value(int producer, long number, int part)
    {
        var random = new Random(HashCode(producer, number, part));
        var value = new byte[9 + random.Next(random.Next(32) == 0 ? 30_000 : 500)];
        random.NextBytes(value);
        Stamp(producer, number).CopyTo(value, 0);
        return value;
    }

    /// <summary>The level of a commit, of those the store offers.</summary>
    public static Durability Level(int producer, long number, IReadOnlyList<Durability> levels) =>
        levels[new Random(HashCode(producer, number, Parts)).Next(levels.Count)];

    // Not System.HashCode: that one differs from process to process.
    private static int HashCode(int producer, long number, int part) =>
        unchecked((int)((((number * 31) + producer) * 31) + part));
}
