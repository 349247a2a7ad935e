using Undercroft.Backends;
using Undercroft.Jobs;
using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres.Jobs;

/// <summary>One call on its way to the judge.</summary>
internal abstract class JobWork
{
    private const int IsQueued = 0;
    private const int IsBegun = 1;
    private const int IsAbandoned = 2;

    private int stage;

    /// <summary>The instant it happens at; null means whenever it is judged.</summary>
    public DateTimeOffset? At { get; protected init; }

    /// <summary>The documents that stand or fall with it; null where there are none.</summary>
    public virtual CommitJob? Documents => null;

    /// <summary>About how much it brings.</summary>
    public virtual long Bytes => 256;

    /// <summary>How many operations it has.</summary>
    public virtual int Operations => 1;

    /// <summary>How long the answer waits; null where the call need not last.</summary>
    public virtual Durability? Level => null;

    /// <summary>Notes beforehand what the judge will ask for, so that it is read at once.</summary>
    public Action<JobCache>? Hint { get; init; }

    /// <summary>Whether it hands out payloads: then all rows are read with theirs.</summary>
    public bool WantsPayload { get; init; }

    /// <summary>Whether its latest judgement was a refusal: it changes nothing then.</summary>
    public virtual bool IsRefused => false;

    /// <summary>Whether its latest judgement has made work.</summary>
    public bool HasWork { get; private set; }

    /// <summary>Asks the judge. What it says last counts.</summary>
    public void Judge(JobOverlay overlay, DateTimeOffset now)
    {
        var judge = new JobJudge(overlay, At ?? now);
        Run(judge);
        HasWork = judge.HasWork;
    }

    /// <summary>Takes the call up; false where the caller has given up waiting.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref stage, IsBegun, IsQueued) == IsQueued;

    /// <summary>Ends the caller's wait. A call not begun yet never happens.</summary>
    public void Abandon(CancellationToken cancellationToken)
    {
        _ = Interlocked.CompareExchange(ref stage, IsAbandoned, IsQueued);
        Cancel(cancellationToken);
    }

    /// <summary>Tells the caller what the latest judgement was: it is kept.</summary>
    /// <param name="latest">The latest revision of the store.</param>
    public abstract void Tell(Revision latest);

    public abstract void Fail(Exception error);

    protected abstract void Run(JobJudge judge);

    protected abstract void Cancel(CancellationToken cancellationToken);
}

/// <summary>A claim, a heartbeat or maintenance.</summary>
internal sealed class JobCall<TResult> : JobWork
{
    private readonly Func<JobJudge, TResult> run;
    private readonly Func<TResult, bool> isRefused;
    private readonly TaskCompletionSource<TResult> completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TResult? result;

    /// <summary>Takes a call.</summary>
    /// <param name="at">The instant it happens at; null means whenever it is judged.</param>
    /// <param name="run">What to ask the judge.</param>
    /// <param name="isRefused">Whether an answer says that nothing was done.</param>
    public JobCall(DateTimeOffset? at, Func<JobJudge, TResult> run, Func<TResult, bool> isRefused)
    {
        At = at;
        this.run = run;
        this.isRefused = isRefused;
    }

    public Task<TResult> Task => completion.Task;

    public override bool IsRefused => result is not null && isRefused(result);

    public override void Tell(Revision latest) => _ = completion.TrySetResult(result!);

    public override void Fail(Exception error) => _ = completion.TrySetException(error);

    protected override void Run(JobJudge judge) => result = run(judge);

    protected override void Cancel(CancellationToken cancellationToken) =>
        _ = completion.TrySetCanceled(cancellationToken);
}

/// <summary>A commit with job operations.</summary>
internal sealed class JobCommit : JobWork
{
    private readonly TaskCompletionSource<CommitResult> completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Commit commit;
    private readonly Durability level;
    private readonly DateTimeOffset now;
    private readonly List<int> positions = [];
    private readonly List<CommitConflict> conflicts = [];
    private IReadOnlyList<JobOutcome> outcomes = [];

    /// <summary>Takes a commit that <see cref="CommitGuard"/> has let through.</summary>
    public JobCommit(Commit commit, Durability level, DateTimeOffset now)
    {
        (this.commit, this.level, this.now) = (commit, level, now.ToUniversalTime());
        At = now;
        var documents = new List<StoreOperation>();
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            if (commit.Operations[i] is EnqueueOperation enqueue)
            {
                Bytes += enqueue.New.Payload.Length;
            }

            if (commit.Operations[i] is not JobOperation)
            {
                documents.Add(commit.Operations[i]);
                positions.Add(i);
            }
        }

        Bytes += 256L * commit.Operations.Count;
        Hint = cache =>
        {
            foreach (var operation in commit.Operations)
            {
                if (operation is EnqueueOperation { Job: var id })
                {
                    cache.Presume(id);
                }
            }
        };
        if (documents.Count > 0 || commit.Identity is not null)
        {
            var part = new Commit(documents)
            {
                Durability = commit.Durability,
                Identity = commit.Identity,
                Origin = commit.Origin,
                Now = commit.Now,
            };
            Documents = new CommitJob(part, level, now, commit);
            Bytes += Documents.Bytes;
        }
    }

    public Task<CommitResult> Task => completion.Task;

    public Commit Commit => commit;

    /// <summary>Its documents, to ask what became of them: the server knows the identity.</summary>
    public CommitJob AgainAsDocuments() => new(Documents!.Commit, level, now, commit);

    /// <summary>What its latest judgement came to, for whoever repeats it; empty where that is nothing.</summary>
    public ReadOnlyMemory<byte> Outcomes => commit.Identity is null ? default : JobOutcomeForm.Write(outcomes, commit);

    public override CommitJob? Documents { get; }

    public override long Bytes { get; }

    public override int Operations => commit.Operations.Count;

    public override Durability? Level => level;

    public override bool IsRefused => conflicts.Count > 0;

    public override void Tell(Revision latest)
    {
        if (conflicts.Count > 0)
        {
            _ = completion.TrySetResult(new CommitResult { Revision = latest, At = now, Conflicts = [.. conflicts] });
        }
        else if (Documents is null)
        {
            _ = completion.TrySetResult(new CommitResult { Revision = latest, At = now, Jobs = outcomes });
        }
        else if (Documents.Task.Exception is { } error)
        {
            _ = completion.TrySetException(error.InnerExceptions);
        }
        else
        {
            _ = completion.TrySetResult(Whole(Documents.Task.Result));
        }
    }

    public override void Fail(Exception error) => _ = completion.TrySetException(error);

    protected override void Run(JobJudge judge)
    {
        conflicts.Clear();
        outcomes = [];
        judge.Check(commit, conflicts);
        if (conflicts.Count == 0)
        {
            outcomes = judge.Apply(commit);
        }
    }

    protected override void Cancel(CancellationToken cancellationToken) =>
        _ = completion.TrySetCanceled(cancellationToken);

    // The answer about the documents, as one about the whole commit.
    private CommitResult Whole(CommitResult part) => part switch
    {
        { IsReplay: true } => part,
        { IsCommitted: false } => new CommitResult
        {
            Revision = part.Revision,
            At = part.At,
            Conflicts = [.. part.Conflicts.Select(one => one with { Operation = positions[one.Operation] })],
        },
        _ => new CommitResult
        {
            Revision = part.Revision,
            At = part.At,
            Counters = part.Counters,
            Jobs = outcomes,
        },
    };
}
