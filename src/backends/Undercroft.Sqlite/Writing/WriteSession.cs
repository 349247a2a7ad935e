using System.Security.Cryptography;
using Undercroft.Backends;
using Undercroft.Jobs;
using Undercroft.Sqlite.Jobs;
using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Reading;
using Undercroft.Sqlite.Schema;

namespace Undercroft.Sqlite.Writing;

/// <summary>The writer's connection and what it knows of the transaction it is in. One thread uses it.</summary>
internal sealed class WriteSession : ICommitState, IDisposable
{
    private readonly StoreClock clock;
    private readonly NameTable known;
    private readonly WriterNames names;
    private readonly RecordTables tables;
    private readonly LaneTable lanes;
    private readonly JobTables jobs;
    private readonly StateReader states;
    private readonly SqliteStatement begin;
    private readonly SqliteStatement end;
    private readonly SqliteStatement setStoreRow;
    private readonly SqliteStatement addSegment;
    private readonly SqliteStatement dropFirstSegment;
    private readonly SqliteStatement stretchFirstSegment;

    // What the judge has found, in the order it asked: the plan's writes come in the same order.
    private readonly List<(StoreRecord Record, long Row)> found = [];

    private readonly Guid epoch;
    private StoreState state;
    private StoreState committed;
    private Durability? level;
    private bool hasSegment;
    private bool beginsSegment;
    private bool hasChanged;

    public WriteSession(
        SqliteConnection connection, NameTable known, HistoryCache histories, StoreClock clock, StoreLimits limits)
    {
        Connection = connection;
        this.clock = clock;
        this.known = known;
        names = new WriterNames(connection, known);
        tables = new RecordTables(connection, names);
        lanes = new LaneTable(connection, limits);
        jobs = new JobTables(connection);
        states = new StateReader(connection, histories);
        begin = connection.Statement(Sql.BeginWrite);
        end = connection.Statement(Sql.End);
        setStoreRow = connection.Statement(Sql.SetStoreRow);
        addSegment = connection.Statement(Sql.AddSegment);
        dropFirstSegment = connection.Statement(Sql.DropFirstSegment);
        stretchFirstSegment = connection.Statement(Sql.StretchFirstSegment);
        Upkeep = new UpkeepTables(connection);
        committed = state = states.Read();
        epoch = state.History.Epoch;
        clock.Resume(
            new DateTimeOffset(state.Clock, TimeSpan.Zero), new TimeSpan(connection.Query(Sql.Ahead) ?? 0));
    }

    public SqliteConnection Connection { get; }

    public Guid Epoch => epoch;

    public UpkeepTables Upkeep { get; }

    /// <summary>Whether the job being run has written something.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>Whether the transaction has made work for those who wait for it.</summary>
    public bool HasWork { get; private set; }

    /// <summary>The latest revision, of the open transaction where there is one.</summary>
    public long Sequence => state.Sequence;

    /// <summary>Begins the transaction of a group.</summary>
    /// <exception cref="SqliteException">Another process writes, or the file has failed.</exception>
    /// <exception cref="StoreException">The file is another one than before.</exception>
    public void Begin(Durability group)
    {
        if (level != group)
        {
            // Less than NORMAL could damage the file in a power cut, so Memory gets what Os gets.
            Connection.Execute(group == Durability.Disk ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            level = group;
        }

        begin.Run();
        try
        {
            Load();
        }
        catch
        {
            Connection.Rollback();
            throw;
        }
    }

    /// <summary>Begins a job of the group.</summary>
    public void BeginJob() => HasWritten = false;

    /// <summary>Keeps the group.</summary>
    public void Keep()
    {
        if (hasChanged)
        {
            lanes.Write();
            state = state with
            {
                Clock = Math.Max(state.Clock, clock.Now().UtcTicks),
                Transactions = state.Transactions + 1,
            };
            setStoreRow.Bind(1, state.Sequence);
            setStoreRow.Bind(2, state.Clock);
            setStoreRow.Bind(3, state.Horizon);
            setStoreRow.Bind(4, state.Transactions);
            setStoreRow.Bind(5, clock.Ahead.Ticks);
            setStoreRow.Run();
        }

        end.Run();
        committed = state;
        hasSegment |= beginsSegment;
        names.Keep();
    }

    /// <summary>Undoes the group.</summary>
    public void Undo()
    {
        names.Drop();
        lanes.Forget();
        tables.Forget();
        Connection.Rollback();
    }

    /// <summary>Judges a commit on the state with the earlier commits of its group, and applies it.</summary>
    public CommitResult Commit(Commit commit, UInt128 digest)
    {
        var now = commit.Now ?? clock.Now();
        ReplayLane? lane = null;
        if (commit.Identity is { } identity)
        {
            lane = lanes.Find(identity.Client);
            if (lane?.Find(identity, digest) is { } replay)
            {
                return replay.ToResult(commit);
            }
        }

        found.Clear();
        var revision = state.Sequence + 1;
        var judge = JobGuard.HasJobs(commit) ? BeginJobs(now) : null;
        var plan = CommitJudge.Judge(commit, this, new Revision(revision), now, judge);
        if (plan.Conflicts.Count > 0)
        {
            return plan.ToResult(new Revision(state.Sequence));
        }

        Apply(plan.Writes);
        IReadOnlyList<JobOutcome>? outcomes = null;
        if (judge is not null)
        {
            HasWritten = true;
            outcomes = judge.Apply(commit);
            EndJobs(judge, hasRevision: plan.Writes.Count > 0);
        }

        var result = plan.ToResult(new Revision(plan.Writes.Count > 0 ? revision : state.Sequence), outcomes);
        if (commit.Identity is { } fresh)
        {
            HasWritten = true;
            hasChanged = true;
            var kept = new StoredReplay(fresh.Number, digest, result.Revision, result.Counters)
            {
                Jobs = JobOutcomeForm.Write(outcomes, commit),
            };
            lanes.Keep(fresh.Client, lane, kept, now);
        }

        return result;
    }

    /// <summary>Runs the judge of jobs alone: a claim, a heartbeat, maintenance.</summary>
    public TResult Judge<TResult>(DateTimeOffset? at, Func<JobJudge, TResult> run)
    {
        var judge = BeginJobs(at ?? clock.Now());
        HasWritten = true;
        var result = run(judge);
        EndJobs(judge, hasRevision: false);
        return result;
    }

    /// <summary>Turns a number of expired records into tombstones, as one commit.</summary>
    /// <returns>How many there were.</returns>
    public int Expire(DateTimeOffset now, int max)
    {
        found.Clear();
        Upkeep.FindExpired(now, max, names, found);
        var writes = new PlannedWrite[found.Count];
        for (var i = 0; i < writes.Length; i++)
        {
            writes[i] = Expiry.Sweep(found[i].Record, state.Sequence + 1, now);
        }

        Apply(writes);
        return writes.Length;
    }

    /// <summary>Forgets a number of tombstones.</summary>
    /// <returns>How many, and the revision of the last one looked at.</returns>
    public (int Count, long Last) Forget(MaintenanceRequest request, long after, int max)
    {
        var (count, last) = Upkeep.Forget(request, after, max);
        if (count > 0)
        {
            HasWritten = true;
            hasChanged = true;
            tables.Forget();
            state = state with { Horizon = Math.Max(state.Horizon, last) };
        }

        return (count, last);
    }

    /// <summary>Forgets the results of clients that have gone.</summary>
    public int PruneLanes(DateTimeOffset now)
    {
        HasWritten = true;
        hasChanged = true;
        return lanes.Prune(now);
    }

    /// <inheritdoc/>
    public StoreRecord? Find(RecordKey key, bool withValue)
    {
        var (record, row) = tables.Find(key, withValue);
        if (record is not null)
        {
            found.Add((record, row));
        }

        return record;
    }

    /// <inheritdoc/>
    public void FindHolders(
        string collection, string index, ReadOnlyMemory<byte> entryKey, DateTimeOffset now, ICollection<string> ids) =>
        tables.FindHolders(collection, index, entryKey, now, ids);

    public void Dispose() => Connection.Dispose();

    private JobJudge BeginJobs(DateTimeOffset now)
    {
        jobs.Begin();
        return new JobJudge(jobs, now);
    }

    private void EndJobs(JobJudge judge, bool hasRevision)
    {
        jobs.End();
        hasChanged |= jobs.HasWritten;
        HasWork |= judge.HasWork;
        if (judge.HasWork && !hasRevision)
        {
            // A revision with no record: other processes look at the latest to see whether there is news.
            BeginSegment();
            state = state with { Sequence = state.Sequence + 1 };
        }
    }

    private void Load()
    {
        if (Connection.HasMoved)
        {
            throw new StoreException(
                StoreErrorKind.Unavailable,
                "Cannot write to the store: its file was moved, deleted or replaced while it was open; nothing was " +
                "written. Put it back, or open the store again.")
            {
                Backend = SqliteErrors.Backend,
            };
        }

        names.Drop();
        beginsSegment = false;
        hasChanged = false;
        HasWork = false;
        jobs.BeginTransaction();
        state = states.Read();
        if (state.History.Epoch != epoch)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                "The file of the store was replaced by another store's while it was open; nothing was written. " +
                "Open it again.")
            {
                Backend = SqliteErrors.Backend,
            };
        }

        if (state.Sequence < committed.Sequence)
        {
            // Put back in time under our feet: nothing remembered holds, and a new stretch of history begins.
            known.Clear();
            hasSegment = false;
        }

        if (state.Transactions != committed.Transactions)
        {
            lanes.Forget();
            tables.Forget();
        }

        committed = state;
        clock.Advance(new DateTimeOffset(state.Clock, TimeSpan.Zero));
    }

    private void Apply(IReadOnlyList<PlannedWrite> writes)
    {
        if (writes.Count == 0)
        {
            return;
        }

        HasWritten = true;
        hasChanged = true;
        BeginSegment();
        var at = 0;
        for (var i = 0; i < writes.Count; i++)
        {
            var write = writes[i];
            tables.Write(write, write.Before is null ? 0 : RowOf(write.Before, ref at));
        }

        state = state with { Sequence = state.Sequence + 1 };
    }

    // Each opening begins a stretch of history with its first commit, in that commit's own transaction.
    private void BeginSegment()
    {
        if (hasSegment || beginsSegment)
        {
            return;
        }

        var salt = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
        var segment = new FeedSegment(salt, state.Sequence);
        var history = state.History.Begin(segment);
        addSegment.Bind(1, segment.Salt);
        addSegment.Bind(2, segment.Start);
        addSegment.Run();
        if (history.Segments.Length == state.History.Segments.Length)
        {
            dropFirstSegment.Run();
            stretchFirstSegment.Bind(1, history.Segments[0].Start);
            stretchFirstSegment.Run();
        }

        state = state with { History = history };
        beginsSegment = true;
    }

    private long RowOf(StoreRecord record, ref int at)
    {
        while (!ReferenceEquals(found[at].Record, record))
        {
            at++;
        }

        return found[at++].Row;
    }
}
