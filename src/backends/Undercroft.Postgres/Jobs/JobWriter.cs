using Npgsql;
using Undercroft.Backends;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;
using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres.Jobs;

/// <summary>Sends batches of documents and jobs, and reads what became of them.</summary>
internal sealed class JobWriter(
    SqlText sql,
    JobCommands commands,
    IndexNames names,
    Segments segments,
    StoreClock clock,
    StoreInfo info,
    PostgresFollowers followers,
    TimeProvider time)
{
    private bool hasRow;
    private Guid writer = Guid.CreateVersion7(time.GetUtcNow());
    private long batch;

    /// <summary>Draws the number of a batch.</summary>
    public long NextBatch() => ++batch;

    /// <summary>Begins anew under another name.</summary>
    public void Renew()
    {
        writer = Guid.CreateVersion7(time.GetUtcNow());
        batch = 0;
        hasRow = false;
    }

    /// <summary>Hears why a batch has to be judged again.</summary>
    public void Race(PostgresException error)
    {
        if (error.SqlState == CommitFunction.OtherSegment)
        {
            segments.Forget();
        }
    }

    /// <summary>Makes known to the server what the documents of a group need.</summary>
    public async ValueTask PrepareAsync(NpgsqlConnection connection, List<JobWork> group)
    {
        foreach (var work in group)
        {
            if (work.Documents is not { } documents)
            {
                continue;
            }

            if (segments.Known is null)
            {
                await segments.BeginAsync(connection, CancellationToken.None).ConfigureAwait(false);
            }

            if (!names.Knows(documents.Commit))
            {
                await names.EnsureAsync(connection, documents.Commit, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends a batch: the documents' rounds, then the jobs, in one transaction.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="group">The calls it is of.</param>
    /// <param name="sent">What to send.</param>
    /// <param name="number">The batch's number.</param>
    /// <param name="isFirst">Whether it was not sent before, and stands in no other transaction: then documents may go
    /// by a shorter statement, which fails where the function has something to tell.</param>
    public async ValueTask<JobAnswer> SendAsync(
        NpgsqlConnection connection, List<JobWork> group, JobBatchToSend sent, long number, bool isFirst)
    {
        var level = group.Max(static work => work.Level);
        var synchronous = level is { } asked ? Synchronous(asked) : "off";
        var now = clock.Now();
        CommitRound[] rounds = [.. sent.Rounds.Select(round => new CommitRound(round, names))];
        var documents = rounds.Length == 0 ? default : new BatchHead(
            commands.Tenant, writer, number, segments.Known!, synchronous, now, info.Limits.ReplaysKept);
        var jobs = new JobBatchHead(
            commands.Tenant, writer, number, rounds.Length, group.Count == 1, now, synchronous, Word(group, sent));
        if (isFirst && hasRow && rounds is [var only] &&
            commands.KeepPuts(only, documents, sent.Changes, jobs) is { } puts)
        {
            try
            {
                return await SendAsync(connection, to => to.Add(puts), 1).ConfigureAwait(false);
            }
            catch (PostgresException error) when (error.SqlState == PutText.WriterNotSet)
            {
                // Not all could be written, so nothing was: the function tells why.
            }
        }

        var answer = await SendAsync(
            connection,
            to =>
            {
                commands.Keep(to, rounds, documents, sent.Changes, jobs);
                commands.KeepOutcomes(to, group.OfType<JobCommit>(), writer, number);
            },
            rounds.Length).ConfigureAwait(false);
        hasRow = true;
        return answer;
    }

    /// <summary>The latest revision of the store.</summary>
    public async ValueTask<Revision> LatestAsync(NpgsqlConnection connection)
    {
        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        command.CommandText = sql.Latest;
        _ = command.Parameters.Add(Parameter.Of(commands.Tenant));
        return await command.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false) is long latest
            ? new Revision(latest)
            : Revision.None;
    }

    private static async ValueTask<JobAnswer> SendAsync(
        NpgsqlConnection connection, Action<NpgsqlBatchCommandCollection> fill, int rounds)
    {
        var command = connection.CreateBatch();
        await using var owned = command.ConfigureAwait(false);
        fill(command.BatchCommands);
        var reader = await command.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        return await ReadAsync(reader, rounds).ConfigureAwait(false);
    }

    private static async ValueTask<JobAnswer> ReadAsync(NpgsqlDataReader reader, int rounds)
    {
        var verdicts = new (long[] Values, string[] Holders)[rounds];
        for (var i = 0; i < rounds; i++)
        {
            if (i > 0)
            {
                _ = await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false);
            }

            _ = await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            verdicts[i] = (reader.GetFieldValue<long[]>(0), reader.GetFieldValue<string[]>(1));
        }

        if (rounds == 0)
        {
            _ = await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
        }

        var at = rounds == 0 ? 0 : 2;
        var latest = reader.IsDBNull(at + 1) ? 0 : reader.GetInt64(at + 1);
        var answer = new JobAnswer(
            reader.GetInt32(at) != 0, new Revision(latest), reader.GetInt64(at + 2), verdicts);

        // To the end: only then is it kept.
        while (await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false))
        {
        }

        return answer;
    }

    // It goes with the transaction: whoever hears it finds what it tells of.
    private (string Channel, string Text)? Word(List<JobWork> group, JobBatchToSend sent)
    {
        var hasWork = group.Exists(static work => work.HasWork);
        return followers.Channel is { } channel && (hasWork || sent.Rounds.Count > 0)
            ? (channel, new PostgresWord(followers.Name, hasWork, sent.Changes.FirstReady).ToString())
            : null;
    }

    // The strongest level there is waits for synchronous standbys too.
    private string Synchronous(Durability level) => level switch
    {
        Durability.Memory => "off",
        _ when level == info.DurabilityLevels[^1] => "on",
        _ => "local",
    };
}

/// <summary>What a batch came to.</summary>
/// <param name="IsApplied">Whether the changes of jobs were kept; not where the documents were refused.</param>
/// <param name="Latest">The latest revision of the store.</param>
/// <param name="Clock">The server's time.</param>
/// <param name="Verdicts">What the documents' rounds came to.</param>
internal sealed record JobAnswer(
    bool IsApplied, Revision Latest, long Clock, IReadOnlyList<(long[] Values, string[] Holders)> Verdicts);

/// <summary>A batch that was judged.</summary>
/// <param name="Overlay">What the judge has left.</param>
/// <param name="Changes">The same, for the server.</param>
/// <param name="Rounds">The documents of what was not refused.</param>
internal sealed record JobBatchToSend(
    JobOverlay Overlay, JobChanges Changes, IReadOnlyList<List<CommitJob>> Rounds)
{
    /// <summary>Puts documents that touch the same record in rounds, one after the other.</summary>
    public static List<List<CommitJob>> RoundsOf(List<JobWork> group)
    {
        var rounds = new List<List<CommitJob>>();
        var last = new Dictionary<Touch, int>();
        foreach (var work in group)
        {
            if (work.IsRefused || work.Documents is not { } documents)
            {
                continue;
            }

            var round = 0;
            foreach (var (touch, _) in documents.Touches)
            {
                round = Math.Max(round, last.TryGetValue(touch, out var before) ? before + 1 : 0);
            }

            foreach (var (touch, _) in documents.Touches)
            {
                last[touch] = round;
            }

            while (rounds.Count <= round)
            {
                rounds.Add([]);
            }

            rounds[round].Add(documents);
        }

        return rounds;
    }
}

/// <summary>How far a group has got.</summary>
internal sealed class JobStepState(List<JobWork> group, long batch, TimeSpan retryFor)
{
    public List<JobWork> Group { get; } = group;

    public long Batch { get; } = batch;

    public PostgresSource.RetryPauses Pauses { get; } = new(retryFor);

    /// <summary>How often it has met others.</summary>
    public int Races { get; set; }

    /// <summary>Whether what the process knows is good enough.</summary>
    public bool IsTrusting { get; set; } = true;

    /// <summary>What was sent and may have been kept; null where nothing was.</summary>
    public JobBatchToSend? Sent { get; set; }

    /// <summary>Whether an answer about what was sent was lost: it is sent again until the server has told.</summary>
    public bool WasLost { get; set; }

    /// <summary>Says that what was sent was refused, and nothing of it kept.</summary>
    public void BeginAgain()
    {
        Sent = null;
        WasLost = false;
    }
}

/// <summary>What stood in the way of a group.</summary>
/// <param name="Reason">The error.</param>
/// <param name="IsUnknown">Whether the answer was lost, and the server did not come back in time to tell.</param>
/// <param name="IsAway">Whether the server could not be reached for as long as is tried.</param>
internal sealed record JobFailure(Exception Reason, bool IsUnknown = false, bool IsAway = false);
