using Npgsql;
using Undercroft.Jobs;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;
using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres.Jobs;

/// <summary>The statements about jobs, with their parameters and answers.</summary>
/// <param name="sql">The statements of the schema.</param>
/// <param name="tenant">The tenant's number.</param>
internal sealed class JobCommands(SqlText sql, int tenant)
{
    private readonly string load = sql.Fence.OverCall(
        $"SELECT * FROM {sql.Schema}.jobs_load_v2({Places(1, JobLoadFunction.Parameters)})");

    private readonly string take = sql.Fence.OverCall($"SELECT {sql.Schema}.jobs_lock_v1($1)");
    private readonly JobKeepText keep = new(sql);

    private readonly string keepOutcomes = sql.Fence.Over(
        $"INSERT INTO {sql.Schema}.job_outcomes (t, client, number, outcomes) SELECT $1, $2, $3, $4 " +
        $"FROM {sql.Schema}.writers w WHERE w.t = $1 AND w.writer = $5 AND w.batch = $6 " +
        "AND (w.verdicts[1]::bigint[])[1] = 0 " +
        "ON CONFLICT (t, client, number) DO UPDATE SET outcomes = excluded.outcomes");

    /// <summary>Claims what needs no judge.</summary>
    public string Claim { get; } =
        sql.Fence.OverCall($"SELECT * FROM {sql.Schema}.jobs_claim_v1({Places(1, 12)})");

    public int Tenant => tenant;

    /// <summary>Takes the tenant's lock until the transaction ends.</summary>
    public NpgsqlBatchCommand Lock()
    {
        var command = new NpgsqlBatchCommand(take);
        _ = command.Parameters.Add(Parameter.Of(tenant));
        return command;
    }

    /// <summary>Keeps documents and changes: a statement for each round of documents, the last with the changes.
    /// </summary>
    /// <param name="to">Where the statements go.</param>
    /// <param name="rounds">The rounds of documents; none where there are only jobs.</param>
    /// <param name="documents">What goes with the documents.</param>
    /// <param name="changes">The changes of jobs.</param>
    /// <param name="jobs">What goes with them.</param>
    public void Keep(
        NpgsqlBatchCommandCollection to,
        IReadOnlyList<CommitRound> rounds,
        in BatchHead documents,
        JobChanges changes,
        in JobBatchHead jobs)
    {
        for (var i = 0; i < rounds.Count; i++)
        {
            var isLast = i + 1 == rounds.Count;
            var one = new NpgsqlBatchCommand(
                isLast ? keep.WithDocuments(jobs.Word is not null) : keep.Documents);
            rounds[i].Fill(one.Parameters, documents, i + 1);
            if (isLast)
            {
                changes.Fill(one.Parameters, jobs);
            }

            to.Add(one);
        }

        if (rounds.Count == 0)
        {
            var only = new NpgsqlBatchCommand(keep.Apply(jobs.Word is not null));
            changes.Fill(only.Parameters, jobs);
            to.Add(only);
        }
    }

    /// <summary>The same for documents that are one put each, all of a kind, in one pass over their rows; null where
    /// they are not.</summary>
    public NpgsqlBatchCommand? KeepPuts(
        CommitRound round, in BatchHead documents, JobChanges changes, in JobBatchHead jobs)
    {
        if (keep.WithPuts(round.KindBesideJobs, jobs.Word is not null) is not { } text)
        {
            return null;
        }

        var one = new NpgsqlBatchCommand(text);
        round.FillPutsBesideJobs(one.Parameters, documents);
        changes.Fill(one.Parameters, jobs);
        return one;
    }

    /// <summary>Keeps what commits with an identity came to, if the batch has committed them: all do, or the one there
    /// is does not.</summary>
    public void KeepOutcomes(
        NpgsqlBatchCommandCollection to, IEnumerable<JobCommit> commits, Guid writer, long number)
    {
        foreach (var commit in commits)
        {
            if (commit.Outcomes is { IsEmpty: false } outcomes)
            {
                var identity = commit.Commit.Identity!.Value;
                var one = new NpgsqlBatchCommand(keepOutcomes);
                _ = one.Parameters.Add(Parameter.Of(tenant));
                _ = one.Parameters.Add(Parameter.Of(identity.Client));
                _ = one.Parameters.Add(Parameter.Of(identity.Number));
                _ = one.Parameters.Add(Parameter.Of(outcomes.ToArray()));
                _ = one.Parameters.Add(Parameter.Of(writer));
                _ = one.Parameters.Add(Parameter.Of(number));
                to.Add(one);
            }
        }
    }

    /// <summary>Reads what a cache lacks, in one statement; before it takes the lock, where that is asked.</summary>
    public async ValueTask LoadAsync(
        NpgsqlConnection connection, JobCache cache, bool takesLock, CancellationToken cancellationToken)
    {
        var needs = cache.Take();
        var lists = needs.Lists.ToArray();
        var walks = needs.CellLists.ToArray();
        var batch = connection.CreateBatch();
        await using var owned = batch.ConfigureAwait(false);
        if (takesLock)
        {
            batch.BatchCommands.Add(Lock());
        }

        if (!needs.IsEmpty)
        {
            batch.BatchCommands.Add(Load(needs, lists, walks, cache.WantsPayload));
        }

        if (batch.BatchCommands.Count == 0)
        {
            return;
        }

        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        if (takesLock)
        {
            _ = await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!needs.IsEmpty)
        {
            await ReadAsync(reader, cache, lists, walks, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Places(int first, int count) =>
        string.Join(", ", Enumerable.Range(first, count).Select(static i => FormattableString.Invariant($"${i}")));

    private NpgsqlBatchCommand Load(
        JobNeeds needs,
        KeyValuePair<JobPlace, int>[] lists,
        KeyValuePair<(JobCellKind Kind, long Until), int>[] walks,
        bool wantsPayload)
    {
        var command = new NpgsqlBatchCommand(load);
        var to = command.Parameters;
        _ = to.Add(Parameter.Of(tenant));
        _ = to.Add(Parameter.Of(needs.Rows.Count == 0 ? null : needs.Rows.Select(static id => id.Value).ToArray()));
        _ = to.Add(Parameter.Of(Array.ConvertAll(lists, static one => (int)one.Key.List)));
        _ = to.Add(Parameter.Of(Array.ConvertAll(lists, static one => one.Key.Queue)));
        _ = to.Add(Parameter.Of(Array.ConvertAll(lists, static one => one.Key.Key)));
        _ = to.Add(Parameter.Of(Array.ConvertAll(lists, static one => (Guid?)one.Key.Session.Value)));
        _ = to.Add(Parameter.Of(Array.ConvertAll(lists, static one => one.Value)));
        _ = to.Add(Parameter.Of(Array.ConvertAll(lists, static one => one.Key.Until)));
        _ = to.Add(Parameter.Of(needs.Cells.Select(static one => (int)one.Kind).ToArray()));
        _ = to.Add(Parameter.Of(needs.Cells.Select(static one => one.Key).ToArray()));
        _ = to.Add(Parameter.Of(Array.ConvertAll(walks, static one => (int)one.Key.Kind)));
        _ = to.Add(Parameter.Of(Array.ConvertAll(walks, static one => one.Key.Until)));
        _ = to.Add(Parameter.Of(Array.ConvertAll(walks, static one => one.Value)));
        _ = to.Add(Parameter.Of(wantsPayload));
        return command;
    }

    private static async ValueTask ReadAsync(
        NpgsqlDataReader reader,
        JobCache cache,
        KeyValuePair<JobPlace, int>[] lists,
        KeyValuePair<(JobCellKind Kind, long Until), int>[] walks,
        CancellationToken cancellationToken)
    {
        var ids = Array.ConvertAll(lists, static _ => new List<JobId>());
        var keys = Array.ConvertAll(walks, static _ => new List<string>());
        var names = new JobNames();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var list = reader.GetInt32(1);
            if (reader.GetInt32(0) == JobFunctions.Cell)
            {
                var (kind, key, cell) = CellData.Read(reader);
                cache.Keep(kind, key, cell);
                if (list >= 0)
                {
                    keys[list].Add(key);
                }

                continue;
            }

            var row = JobData.Read(reader, names);
            cache.Keep(row);
            if (list >= 0)
            {
                ids[list].Add(row.Id);
            }
        }

        for (var i = 0; i < lists.Length; i++)
        {
            cache.Keep(lists[i].Key, new JobHead(ids[i], ids[i].Count < lists[i].Value));
        }

        for (var i = 0; i < walks.Length; i++)
        {
            cache.Keep(walks[i].Key.Kind, walks[i].Key.Until, new CellHead(keys[i], keys[i].Count < walks[i].Value));
        }
    }
}
