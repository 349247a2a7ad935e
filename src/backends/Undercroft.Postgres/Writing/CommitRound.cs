using System.Buffers;
using Npgsql;
using Undercroft.Backends;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Writing;

/// <summary>Commits that touch no key twice, as the arrays that the server's function takes.</summary>
internal sealed class CommitRound
{
    private readonly List<CommitJob> jobs;
    private readonly IndexNames names;
    private readonly ArrayBufferWriter<byte> form = new(256);
    private readonly int count;
    private readonly int[] commits;
    private readonly string[] collections;
    private readonly string[] ids;
    private readonly int[] kinds;
    private readonly int[] conditions;
    private readonly long[] revisions;
    private readonly byte[]?[] values;
    private long?[]? expires;
    private long?[]? created;
    private long?[]? updated;
    private long?[]? deltas;
    private byte[]?[]? conditionNames;
    private byte[]?[]? conditionTexts;
    private byte[]?[]? metas;
    private byte[]?[]? entries;
    private bool[]? many;
    private bool[]? tombstones;
    private readonly byte[]?[]?[] slots = new byte[]?[]?[Tables.Slots];
    private EntryRows? rows;
    private ClaimRows? claims;

    /// <summary>Lays the commits out; all their indexes are known.</summary>
    public CommitRound(List<CommitJob> jobs, IndexNames names)
    {
        this.jobs = jobs;
        this.names = names;
        foreach (var job in jobs)
        {
            job.FirstOperation = count;
            count += job.Commit.Operations.Count;
        }

        commits = new int[count];
        collections = new string[count];
        ids = new string[count];
        kinds = new int[count];
        conditions = new int[count];
        revisions = new long[count];
        values = new byte[count][];
        for (var i = 0; i < jobs.Count; i++)
        {
            var at = jobs[i].FirstOperation;
            foreach (var operation in jobs[i].Commit.Operations)
            {
                commits[at] = i + 1;
                Add(at++, operation, jobs[i]);
            }
        }
    }

    /// <summary>The commits, in order.</summary>
    public IReadOnlyList<CommitJob> Jobs => jobs;

    /// <summary>How its commits can share a pass, where jobs are beside them; nobody has sorted them by kind.</summary>
    public PutKind KindBesideJobs =>
        rows is null && claims is null && jobs.TrueForAll(job => job.Kind == jobs[0].Kind)
            ? jobs[0].Kind
            : PutKind.None;

    /// <summary>Fills the parameters of <see cref="JobPutsText"/>.</summary>
    public void FillPutsBesideJobs(NpgsqlParameterCollection to, in BatchHead head)
    {
        Add(Parameter.Of(head.Tenant), Parameter.Of(collections), Parameter.Of(ids));
        Add(Parameter.Of(jobs.ConvertAll(static job => job.Now.UtcTicks).ToArray()), Parameter.Of(head.At.UtcTicks));
        Add(Parameter.Of(expires), Parameter.Of(Origins()), Parameter.Of(metas), Parameter.Of(entries));
        foreach (var slot in slots)
        {
            Add(Parameter.Of(slot));
        }

        Add(Parameter.Of(values), Parameter.Of(head.Writer), Parameter.Of(head.Batch), Parameter.Of(head.Segment));
        Add(Parameter.Of(conditions), Parameter.Of(revisions));

        void Add(params ReadOnlySpan<NpgsqlParameter> parameters)
        {
            foreach (var parameter in parameters)
            {
                _ = to.Add(parameter);
            }
        }
    }

    /// <summary>Fills the parameters of <see cref="SqlText.Commit"/>.</summary>
    public void Fill(NpgsqlParameterCollection to, in BatchHead head, int round)
    {
        var hasIdentity = jobs.Exists(static job => job.Commit.Identity is not null);
        Add(Parameter.Of(head.Tenant), Parameter.Of(head.Writer), Parameter.Of(head.Batch), Parameter.Of(round));
        Add(Parameter.Of(head.Segment), Parameter.Of(head.Synchronous), Parameter.Of(head.At.UtcTicks));
        Add(Parameter.Of(head.ReplaysKept));
        Add(Parameter.Of(jobs.ConvertAll(static job => job.Now.UtcTicks).ToArray()));
        Add(Parameter.Of(Origins()));
        Add(Parameter.Of(hasIdentity ? jobs.ConvertAll(static job => job.Commit.Identity?.Client).ToArray() : null));
        Add(Parameter.Of(hasIdentity ? jobs.ConvertAll(static job => job.Commit.Identity?.Number).ToArray() : null));
        Add(Parameter.Of(hasIdentity ? jobs.ConvertAll(Digest).ToArray() : null));
        Add(Parameter.Of(commits), Parameter.Of(collections), Parameter.Of(ids), Parameter.Of(kinds));
        Add(Parameter.Of(conditions), Parameter.Of(revisions));
        Add(Parameter.Of(conditionNames), Parameter.Of(conditionTexts), Parameter.Of(values));
        Add(Parameter.Of(expires), Parameter.Of(created), Parameter.Of(updated));
        Add(Parameter.Of(metas), Parameter.Of(entries), Parameter.Of(many), Parameter.Of(tombstones));
        Add(Parameter.Of(deltas));
        foreach (var slot in slots)
        {
            Add(Parameter.Of(slot));
        }

        Add(Parameter.Of(rows?.Operations.ToArray()), Parameter.Of(rows?.Numbers.ToArray()));
        Add(Parameter.Of(rows?.Keys.ToArray()));
        Add(Parameter.Of(claims?.Operations.ToArray()), Parameter.Of(claims?.Numbers.ToArray()));
        Add(Parameter.Of(claims?.Slots.ToArray()), Parameter.Of(claims?.Keys.ToArray()));
        Add(Parameter.Of(claims?.Positions.ToArray()));

        void Add(params ReadOnlySpan<NpgsqlParameter> parameters)
        {
            foreach (var parameter in parameters)
            {
                _ = to.Add(parameter);
            }
        }
    }

    /// <summary>How its commits can share a statement of puts.</summary>
    public PutKind Kind => rows is null && claims is null ? jobs[0].Kind : PutKind.None;

    /// <summary>Fills the parameters of <see cref="PutsText"/>.</summary>
    public void FillPuts(NpgsqlParameterCollection to, in BatchHead head)
    {
        _ = to.Add(Parameter.Of(head.Tenant));
        _ = to.Add(Parameter.Of(collections));
        _ = to.Add(Parameter.Of(ids));
        _ = to.Add(Parameter.Of(jobs.ConvertAll(static job => job.Now.UtcTicks).ToArray()));
        _ = to.Add(Parameter.Of(head.At.UtcTicks));
        _ = to.Add(Parameter.Of(expires));
        _ = to.Add(Parameter.Of(Origins()));
        _ = to.Add(Parameter.Of(metas));
        _ = to.Add(Parameter.Of(entries));
        foreach (var slot in slots)
        {
            _ = to.Add(Parameter.Of(slot));
        }

        _ = to.Add(Parameter.Of(values));
        _ = to.Add(Parameter.Of(head.Writer));
        _ = to.Add(Parameter.Of(head.Batch));
        _ = to.Add(Parameter.Of(head.Segment));
        _ = to.Add(Parameter.Of(head.Synchronous));
        if (Kind == PutKind.Match)
        {
            _ = to.Add(Parameter.Of(conditions));
            _ = to.Add(Parameter.Of(revisions));
        }
    }

    private byte[]?[]? Origins() => jobs.Exists(static job => job.Commit.Origin is not null)
        ? [.. jobs.Select(static job => Parameter.Utf8(job.Commit.Origin))]
        : null;

    private static Guid? Digest(CommitJob job)
    {
        if (job.Commit.Identity is null)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, job.Digest);
        return new Guid(bytes, bigEndian: true);
    }

    private void Add(int at, StoreOperation operation, CommitJob job)
    {
        collections[at] = operation.Key.Collection;
        ids[at] = operation.Key.Id;
        conditions[at] = (int)operation.Condition.Kind;
        revisions[at] = operation.Condition.Revision.Value;
        if (operation.Condition.MetaName is { } name)
        {
            (conditionNames ??= new byte[count][])[at] = Parameter.Utf8(name);
            (conditionTexts ??= new byte[count][])[at] = Parameter.Utf8(operation.Condition.MetaText);
        }

        switch (operation)
        {
            case PutOperation put:
                kinds[at] = 1;
                values[at] = Parameter.Bytes(put.Value);
                Set(ref expires, at, put.ExpiresFrom(job.Now));
                Set(ref created, at, put.CreatedAt);
                Set(ref updated, at, put.UpdatedAt);
                SetMeta(at, put.Meta);
                SetEntries(at, put, job);
                break;
            case DeleteOperation delete:
                kinds[at] = 2;
                Set(ref updated, at, delete.UpdatedAt);
                SetMeta(at, delete.Meta);
                if (delete.LeavesTombstone)
                {
                    (tombstones ??= new bool[count])[at] = true;
                }

                break;
            case AddOperation add:
                kinds[at] = 4;
                (deltas ??= new long?[count])[at] = add.Delta;
                Set(ref expires, at, add.ExpiresAt);
                break;
            default:
                kinds[at] = 3;
                break;
        }
    }

    private void Set(ref long?[]? times, int at, DateTimeOffset? time)
    {
        if (time is { } given)
        {
            (times ??= new long?[count])[at] = given.UtcTicks;
        }
    }

    private void SetMeta(int at, RecordMeta meta)
    {
        if (meta.Count > 0)
        {
            form.ResetWrittenCount();
            new RecordWriter(form).Meta(meta);
            (metas ??= new byte[count][])[at] = form.WrittenSpan.ToArray();
        }
    }

    private void SetEntries(int at, PutOperation put, CommitJob job)
    {
        if (put.Entries.Count == 0)
        {
            return;
        }

        var normal = EntrySet.Normalize(put.Entries);
        form.ResetWrittenCount();
        new RecordWriter(form).Entries(normal);
        (entries ??= new byte[count][])[at] = form.WrittenSpan.ToArray();
        if (!(put.ExpiresFrom(job.Now) <= job.Now))
        {
            SetClaims(at, put);
        }

        for (var i = 0; i < normal.Count; i++)
        {
            var entry = normal[i];
            var place = Place(put, entry);
            var key = Parameter.Bytes(entry.Key);
            if (place.Slot is { } slot && IsAlone(normal, i))
            {
                (slots[slot - 1] ??= new byte[count][])[at] = key;
            }
            else
            {
                (rows ??= new EntryRows()).Add(at + 1, place, key);
                (many ??= new bool[count])[at] = true;
            }
        }
    }

    // In the order of the caller: that is the order in which they are judged.
    private void SetClaims(int at, PutOperation put)
    {
        for (var i = 0; i < put.Entries.Count; i++)
        {
            if (put.Entries[i] is { IsUnique: true } entry)
            {
                (claims ??= new ClaimRows()).Add(at + 1, Place(put, entry), Parameter.Bytes(entry.Key), i);
            }
        }
    }

    private IndexPlace Place(PutOperation put, IndexEntry entry) => names.Find(put.Key.Collection, entry.Index) ??
        throw new InvalidOperationException($"The index {Names.Show(entry.Index)} has not been registered.");

    /// <summary>Whether an entry is the only one of its index.</summary>
    public static bool IsAlone(IReadOnlyList<IndexEntry> normal, int at) =>
        (at == 0 || normal[at - 1].Index != normal[at].Index) &&
        (at + 1 == normal.Count || normal[at + 1].Index != normal[at].Index);

    /// <summary>Entries that become rows of their own.</summary>
    private sealed class EntryRows
    {
        public List<int> Operations { get; } = [];

        public List<int> Numbers { get; } = [];

        public List<byte[]> Keys { get; } = [];

        public void Add(int operation, IndexPlace place, byte[] key)
        {
            Operations.Add(operation);
            Numbers.Add(place.Number);
            Keys.Add(key);
        }
    }

    /// <summary>Claims of unique keys.</summary>
    private sealed class ClaimRows
    {
        public List<int> Operations { get; } = [];

        public List<int> Numbers { get; } = [];

        public List<int> Slots { get; } = [];

        public List<byte[]> Keys { get; } = [];

        public List<int> Positions { get; } = [];

        public void Add(int operation, IndexPlace place, byte[] key, int position)
        {
            Operations.Add(operation);
            Numbers.Add(place.Number);
            Slots.Add(place.Slot ?? 0);
            Keys.Add(key);
            Positions.Add(position);
        }
    }
}
