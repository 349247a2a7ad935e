using Npgsql;
using Undercroft.Jobs;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Jobs;

/// <summary>What a group of calls changes and what it rests on, as the arrays that <see cref="JobApplyFunction"/>
/// takes.</summary>
internal sealed class JobChanges
{
    private const int Nowhere = 0;
    private const int InHot = 1;
    private const int InHistory = 2;
    private const int AsItWas = 3;

    private readonly RowArrays rows;
    private readonly CellArrays? cells;
    private readonly string[]? queues;
    private readonly int[]? states;
    private readonly long[]? deltas;
    private int mask;

    /// <summary>Lays out what the judge has changed.</summary>
    public JobChanges(JobOverlay overlay, JobKnown known, long version)
    {
        Version = version;
        var changes = new List<(JobEntry Entry, JobId Id, int From, int To)>(overlay.Rows.Count);
        foreach (var (id, entry) in overlay.Rows)
        {
            var from = entry.Data is null ? Nowhere : entry.Data.HasEnded ? InHistory : InHot;
            if (entry.IsChanged && (from != Nowhere || entry.Row is not null))
            {
                var to = entry.Row is null ? Nowhere : entry.Row.HasEnded ? InHistory : InHot;
                changes.Add((entry, id, from, to));
                mask |= BitOf(from, to);
                NoteReady(entry.Row);
            }
            else if (entry.IsAsked || entry.IsChanged)
            {
                changes.Add((entry, id, from, AsItWas));
                mask |= JobApplyFunction.Checks;
            }
        }

        // New rows in the order they came; locks of the others in the order of their places.
        changes.Sort(static (left, right) => OrderOf(left.Entry).CompareTo(OrderOf(right.Entry)));
        rows = new RowArrays(changes.Count);
        for (var i = 0; i < changes.Count; i++)
        {
            rows.Set(i, changes[i].Entry, changes[i].Id, changes[i].From, changes[i].To);
        }

        cells = overlay.Cells.Count == 0 ? null : new CellArrays(overlay.Cells);
        var counts = overlay.Counts.Where(static one => one.Key.State >= JobState.Succeeded && one.Value != 0)
            .Select(static one => (one.Key.Queue, one.Key.State, one.Value)).ToList();
        NewQueues = [.. overlay.Counts.Keys.Select(static one => one.Queue).Distinct()
            .Where(queue => !known.HasQueue(queue))];
        counts.AddRange(NewQueues.Select(static queue => (queue, JobState.Ready, 0L)));
        if (counts.Count > 0)
        {
            queues = [.. counts.Select(static one => one.Queue)];
            states = [.. counts.Select(static one => (int)one.Item2)];
            deltas = [.. counts.Select(static one => one.Item3)];
        }
    }

    /// <summary>The number that all that is changed gets.</summary>
    public long Version { get; }

    /// <summary>The place of the first job that is ready now; null where none has become so.</summary>
    public (int Priority, long DueAt)? FirstReady { get; private set; }

    /// <summary>Queues the process has not heard of yet.</summary>
    public IReadOnlyList<string> NewQueues { get; }

    /// <summary>Fills the parameters of the function.</summary>
    public void Fill(NpgsqlParameterCollection to, in JobBatchHead head)
    {
        Add(
            Parameter.Of(head.Tenant), Parameter.Of(head.Writer), Parameter.Of(head.Batch), Parameter.Of(head.Rounds),
            Parameter.Of(head.IsAlone), Parameter.Of(head.At.UtcTicks), Parameter.Of(Version), Parameter.Of(mask),
            Parameter.Of(head.Synchronous));
        Add(
            Parameter.Of(rows.Ids), Parameter.Of(rows.Places), Parameter.Of(rows.Versions), Parameter.Of(rows.From),
            Parameter.Of(rows.To), Parameter.Of(rows.States), Parameter.Of(rows.Queues), Parameter.Of(rows.Kinds),
            Parameter.Of(rows.Priorities), Parameter.Of(rows.DueAt), Parameter.Of(rows.EnqueuedAt),
            Parameter.Of(rows.StartedAt), Parameter.Of(rows.FinishedAt), Parameter.Of(rows.Fences),
            Parameter.Of(rows.Sessions), Parameter.Of(rows.Attempts), Parameter.Of(rows.AttemptsMax),
            Parameter.Of(rows.AreSimple), Parameter.Of(rows.Lines), Parameter.Of(rows.Extras),
            Parameter.Of(rows.AreFresh), Parameter.Of(rows.Payloads));
        Add(
            Parameter.Of(cells?.Kinds), Parameter.Of(cells?.Keys), Parameter.Of(cells?.Versions),
            Parameter.Of(cells?.To), Parameter.Of(cells?.Times), Parameter.Of(cells?.Flags),
            Parameter.Of(cells?.Forms));
        Add(Parameter.Of(queues), Parameter.Of(states), Parameter.Of(deltas));
        if (head.Word is { } word)
        {
            Add(Parameter.Of(word.Channel), Parameter.Of(word.Text));
        }

        void Add(params ReadOnlySpan<NpgsqlParameter> parameters)
        {
            foreach (var parameter in parameters)
            {
                _ = to.Add(parameter);
            }
        }
    }

    private void NoteReady(JobRow? row)
    {
        if (row is { State: JobState.Ready } &&
            (FirstReady is not { } first || (row.Priority, row.DueAt).CompareTo(first) < 0))
        {
            FirstReady = (row.Priority, row.DueAt);
        }
    }

    private static int BitOf(int from, int to) => (from, to) switch
    {
        (Nowhere, InHot) => JobApplyFunction.Inserts,
        (InHot, InHot) => JobApplyFunction.Updates,
        (InHot, InHistory) => JobApplyFunction.Ends,

        // What begins and ends at once must not be in the history already, as what is only begun.
        (Nowhere, InHistory) => JobApplyFunction.Inserts | JobApplyFunction.Rare,
        _ => JobApplyFunction.Rare,
    };

    private static long OrderOf(JobEntry entry) => entry.Data?.Place ?? entry.Row?.Order ?? 0;

    /// <summary>The columns of rows.</summary>
    private sealed class RowArrays(int count)
    {
        public Guid[] Ids { get; } = new Guid[count];

        public long[] Places { get; } = new long[count];

        public long[] Versions { get; } = new long[count];

        public int[] From { get; } = new int[count];

        public int[] To { get; } = new int[count];

        public int[] States { get; } = new int[count];

        public string?[] Queues { get; } = new string?[count];

        public string?[] Kinds { get; } = new string?[count];

        public int[] Priorities { get; } = new int[count];

        public long[] DueAt { get; } = new long[count];

        public long[] EnqueuedAt { get; } = new long[count];

        public long[] StartedAt { get; } = new long[count];

        public long[] FinishedAt { get; } = new long[count];

        public long[] Fences { get; } = new long[count];

        public Guid?[] Sessions { get; } = new Guid?[count];

        public int[] Attempts { get; } = new int[count];

        public int[] AttemptsMax { get; } = new int[count];

        public bool[] AreSimple { get; } = new bool[count];

        public string?[] Lines { get; } = new string?[count];

        public byte[]?[] Extras { get; } = new byte[]?[count];

        public bool[] AreFresh { get; } = new bool[count];

        public byte[]?[] Payloads { get; } = new byte[]?[count];

        public void Set(int at, JobEntry entry, JobId id, int from, int to)
        {
            Ids[at] = id.Value;
            Places[at] = entry.Data?.Place ?? 0;
            Versions[at] = entry.Data?.Version ?? 0;
            From[at] = from;
            To[at] = to;
            if (to is InHot or InHistory)
            {
                SetRow(at, entry.Row!, entry.Data);
            }
        }

        private void SetRow(int at, JobRow row, JobData? data)
        {
            States[at] = (int)row.State;
            Queues[at] = row.Queue;
            Kinds[at] = data is null ? row.Kind : null;
            Priorities[at] = row.Priority;
            DueAt[at] = row.DueAt;
            EnqueuedAt[at] = row.EnqueuedAt;
            StartedAt[at] = row.StartedAt;
            FinishedAt[at] = row.FinishedAt;
            Fences[at] = row.Fence;
            Sessions[at] = row.Session == default ? null : row.Session.Value;
            Attempts[at] = row.Attempt;
            AttemptsMax[at] = row.AttemptsMax;
            AreSimple[at] = row.Extra is not { } extra ||
                extra is { RateLimit: null, HasToken: false, Progress: 0, ProgressText: null };
            Lines[at] = row.Place.List == JobList.Waiters ? row.Extra!.ConcurrencyKey : null;
            Extras[at] = row.Extra is null ? null : JobForm.WriteExtra(row.Extra);
            if (data is null || !row.Payload.Equals(data.Payload))
            {
                AreFresh[at] = true;
                Payloads[at] = row.Payload.IsEmpty ? null : Parameter.Bytes(row.Payload);
            }
        }
    }

    /// <summary>The columns of cells.</summary>
    private sealed class CellArrays
    {
        public CellArrays(IReadOnlyDictionary<(JobCellKind Kind, string Key), CellEntry> cells)
        {
            // In one order for all, whoever writes.
            var at = 0;
            (Kinds, Keys, Versions, To) =
                (new int[cells.Count], new string[cells.Count], new long[cells.Count], new int[cells.Count]);
            (Times, Flags, Forms) = (new long[cells.Count], new bool[cells.Count], new byte[]?[cells.Count]);
            foreach (var ((kind, key), entry) in cells)
            {
                (Kinds[at], Keys[at], Versions[at]) = ((int)kind, key, entry.Version);
                To[at] = !entry.IsChanged ? AsItWas : entry.Cell is null ? Nowhere : InHot;
                if (entry is { IsChanged: true, Cell: { } cell })
                {
                    (Times[at], Flags[at], Forms[at]) = (cell.At, cell.Flag, JobForm.Write(cell));
                }

                at++;
            }
        }

        public int[] Kinds { get; }

        public string[] Keys { get; }

        public long[] Versions { get; }

        public int[] To { get; }

        public long[] Times { get; }

        public bool[] Flags { get; }

        public byte[]?[] Forms { get; }
    }
}

/// <summary>What goes with the changes of a group.</summary>
/// <param name="Tenant">The tenant's number.</param>
/// <param name="Writer">Who sends the batch.</param>
/// <param name="Batch">Its number: a batch that comes twice is applied once.</param>
/// <param name="Rounds">How many rounds of documents have been judged before it.</param>
/// <param name="IsAlone">Whether it is of one call.</param>
/// <param name="At">The store's time.</param>
/// <param name="Synchronous">What <c>synchronous_commit</c> is to be.</param>
/// <param name="Word">What others are to hear; null where there is nothing to tell, or nobody.</param>
internal readonly record struct JobBatchHead(
    int Tenant,
    Guid Writer,
    long Batch,
    int Rounds,
    bool IsAlone,
    DateTimeOffset At,
    string Synchronous,
    (string Channel, string Text)? Word);
