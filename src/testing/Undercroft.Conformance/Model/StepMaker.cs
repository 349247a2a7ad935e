namespace Undercroft.Conformance.Model;

/// <summary>Makes random steps on few keys, so that they meet each other.</summary>
internal sealed class StepMaker(Random random)
{
    private static readonly string[] Collections = ["a", "b"];
    private static readonly string[] Ids = ["k", "k/1", "K", "\uFFFF", "😀", "n1", "n2"];

    public List<ModelStep> Make(int count) => [.. Enumerable.Range(0, count).Select(_ => Make())];

    private ModelStep Make() => random.Next(100) switch
    {
        < 45 => Commit(),
        < 50 => new RepeatStep(random.Next(8)),
        < 60 => new ReadStep(
            [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Key())], Detail(), Chance(30), Chance(20)),
        < 72 => new ScanStep(Pick(Collections), Range(), Chance(50), random.Next(1, 5), Detail()),
        < 84 => new FollowStep(random.Next(2), random.Next(1, 6), Detail()),
        < 91 => new AdvanceStep(random.Next(1, 4)),
        < 94 => new CareStep(Care.Expire),
        < 96 => new CareStep(Care.Compact, random.Next(6)),
        < 97 => new CareStep(Care.Verify),
        < 98 => new CareStep(Care.Measure),
        _ => new CareStep(Care.Restart),
    };

    private CommitStep Commit()
    {
        var writes = new List<WriteIntent>();
        var written = new HashSet<(string Collection, string Id)>();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var write = Write();
            if (write.Kind == WriteKind.Check || written.Add((write.Collection, write.Id)))
            {
                writes.Add(write);
            }
        }

        return new CommitStep(writes, Chance(30) ? "me" : null, Chance(25));
    }

    private WriteIntent Write()
    {
        var id = Pick(Ids);
        var isCounter = id.StartsWith('n');
        var kind = random.Next(10) switch
        {
            < 1 => WriteKind.Check,
            < 4 => WriteKind.Delete,
            _ when isCounter && Chance(80) => WriteKind.Add,
            _ => WriteKind.Put,
        };
        return new WriteIntent(kind, Pick(Collections), id)
        {
            Condition = kind == WriteKind.Check || Chance(30)
                ? (ConditionIntent)random.Next(1, 8)
                : ConditionIntent.Any,
            Value = Bytes(isCounter && Chance(50) ? 8 : random.Next(0, 5)),
            Delta = Chance(10) ? long.MaxValue - random.Next(3) : random.Next(-3, 4),
            ExpiresIn = kind is WriteKind.Put or WriteKind.Add && Chance(20) ? random.Next(0, 6) : null,
            Tag = kind is WriteKind.Put or WriteKind.Delete && Chance(30) ? Pick(["a", "b"]) : null,
            Ages = kind == WriteKind.Put && Chance(50) ? Bytes(random.Next(1, 4), 3) : [],
            Name = kind == WriteKind.Put && Chance(35) ? (byte)random.Next(3) : null,
            LeavesTombstone = kind == WriteKind.Delete && Chance(30),
        };
    }

    private ScanRange Range() => random.Next(5) switch
    {
        0 => ScanRange.All,
        1 => ScanRange.Prefix(Pick(["k", "k/", "\uFFFF", ""])),
        2 => ScanRange.Ids(Chance(60) ? Pick(Ids) : null, Chance(60) ? Pick(Ids) : null),
        3 => ScanRange.Keys("name"),
        _ => ScanRange.Keys("age", Bytes(random.Next(2), 3), Chance(60) ? Bytes(1, 4) : (ReadOnlyMemory<byte>?)null),
    };

    private RecordDetail Detail() => (RecordDetail)random.Next(4);

    private RecordKey Key() => new(Pick(Collections), Pick(Ids));

    private byte[] Bytes(int count, int max = 256) =>
        [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(max))];

    private string Pick(string[] from) => from[random.Next(from.Length)];

    private bool Chance(int percent) => random.Next(100) < percent;
}
