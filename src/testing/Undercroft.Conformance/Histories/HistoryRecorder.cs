using System.Globalization;
using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance.Histories;

/// <summary>Lets clients do random things to few keys and writes down what each asked and was told.</summary>
internal sealed class HistoryRecorder(IStore store, CancellationToken cancel)
{
    /// <summary>The keys all clients fight over; the last one is a counter.</summary>
    public static readonly RecordKey[] Keys = [Key("a"), Key("b"), Key("c"), Key("n")];

    private readonly Lock gate = new();
    private readonly List<Observation> history = [];
    private long clock;

    /// <summary>What was observed; complete when all clients have ended.</summary>
    public IReadOnlyList<Observation> History => history;

    /// <summary>Is one client.</summary>
    public async Task<bool> RunAsync(int client, int calls, Random random)
    {
        var known = new Dictionary<RecordKey, Revision>();
        for (var call = 0; call < calls; call++)
        {
            if (random.Next(3) == 0)
            {
                await ReadAsync(client, random, known);
            }
            else
            {
                await CommitAsync(client, call, random, known);
            }
        }

        return true;
    }

    private async Task ReadAsync(int client, Random random, Dictionary<RecordKey, Revision> known)
    {
        var invoked = Interlocked.Increment(ref clock);
        List<(RecordKey Key, Revision Revision, string Value)> found;
        if (random.Next(3) == 0)
        {
            var page = await store.ScanAsync(Scan(), cancel);
            var records = page.Items.ToDictionary(static item => item.Record.Key, static item => item.Record);
            found = [.. Keys.Select(key => Found(key, records.GetValueOrDefault(key)))];
        }
        else
        {
            var keys = Keys.Where(_ => random.Next(2) == 0).DefaultIfEmpty(Keys[0]).ToArray();
            var result = await store.ReadAsync(keys, cancellationToken: cancel);
            found = [.. keys.Select((key, i) => Found(key, result[i]))];
        }

        Keep(new ReadObservation(client, invoked, Interlocked.Increment(ref clock), found));
        foreach (var (key, revision, _) in found)
        {
            known[key] = revision;
        }
    }

    private async Task CommitAsync(int client, int call, Random random, Dictionary<RecordKey, Revision> known)
    {
        var keys = Keys[..^1].Where(_ => random.Next(3) == 0).DefaultIfEmpty(Keys[random.Next(3)]);
        var operations = keys.Select(key => Operation(key, $"{client}/{call}", random, known)).ToList();
        if (random.Next(4) == 0)
        {
            operations.Add(new AddOperation(Keys[^1], random.Next(1, 5)));
        }

        var commit = new Commit(operations);
        var invoked = Interlocked.Increment(ref clock);
        var result = await store.CommitAsync(commit, cancel);
        Keep(new CommitObservation(client, invoked, Interlocked.Increment(ref clock), commit, result));
        foreach (var operation in operations.Where(operation => operation.IsWrite && result.IsCommitted))
        {
            known[operation.Key] = operation is DeleteOperation ? Revision.None : result.Revision;
        }

        foreach (var conflict in result.Conflicts)
        {
            known[conflict.Key] = conflict.Found;
        }
    }

    private static StoreOperation Operation(
        RecordKey key, string value, Random random, Dictionary<RecordKey, Revision> known)
    {
        var expected = WriteCondition.At(known.GetValueOrDefault(key));
        return random.Next(6) switch
        {
            0 => new PutOperation(key, Bytes(value)),
            1 => new DeleteOperation(key, WriteCondition.Present),
            2 => new CheckOperation(key, expected),
            3 => new DeleteOperation(key, expected == WriteCondition.Absent ? WriteCondition.Present : expected),
            _ => new PutOperation(key, Bytes(value), expected),
        };
    }

    private static (RecordKey Key, Revision Revision, string Value) Found(RecordKey key, StoreRecord? record) => (
        key,
        record?.Revision ?? Revision.None,
        record is null ? "" : key == Keys[^1] ? Number(record).ToString(CultureInfo.InvariantCulture) : Text(record));

    private void Keep(Observation observation)
    {
        lock (gate)
        {
            history.Add(observation);
        }
    }
}
