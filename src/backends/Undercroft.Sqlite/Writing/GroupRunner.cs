using System.Diagnostics.CodeAnalysis;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Writing;

/// <summary>Gives a group of jobs one transaction.</summary>
/// <remarks>
/// Each commit is judged on the state with the earlier ones of its group, then applied without a savepoint: what can be
/// refused is refused before anything is written. On any other error the group is rolled back and replayed one by one,
/// so that a commit fails alone. Callers hear of their commits after the transaction has ended. One thread at a time.
/// <para>What is handed in while a group is being written joins it. Callers that write again and again come back one by
/// one, while the first of them is being written already: were the group closed then, each sync would serve half of
/// them.</para>
/// </remarks>
/// <param name="session">The connection to write with.</param>
/// <param name="path">The file, for messages.</param>
/// <param name="committed">Called after each transaction that has written a record or made work; is told
/// the latter.</param>
internal sealed class GroupRunner(WriteSession session, string path, Action<bool> committed)
{
    private readonly List<WriteJob> done = [];
    private readonly List<(WriteJob Job, Exception Error)> refused = [];
    private StoreException? broken;

    /// <summary>Runs a group to its end: each job of it is acknowledged, failed, or was abandoned.</summary>
    /// <param name="group">The jobs; one that is not transactional comes alone.</param>
    /// <param name="join">Adds to the group what has come meanwhile and may share its transaction, and says whether
    /// there was any; null where nothing may join.</param>
    /// <param name="orLeave">Whether to leave the group undone, for another try, where another process writes.</param>
    /// <returns>False where it was left.</returns>
    public bool Run(List<WriteJob> group, Func<Durability, bool>? join, bool orLeave = false)
    {
        try
        {
            if (broken is not null)
            {
                FailAll(group, broken);
            }
            else if (!group[0].IsTransactional)
            {
                RunAlone(group[0]);
            }
            else if (!TryRunTogether(group, join, out var error))
            {
                if (orLeave && error is SqliteException { Primary: SqliteCode.Busy })
                {
                    return false;
                }

                if (group.Count == 1 || IsHopeless(error))
                {
                    FailAll(group, error);
                }
                else
                {
                    RunOneByOne(group);
                }
            }
        }
        catch (Exception error)
        {
            // Only a mistake of ours gets here; the callers must hear of it, and the writer must live.
            FailAll(group, error);
        }

        return true;
    }

    private void RunAlone(WriteJob job)
    {
        try
        {
            if (job.TryBegin())
            {
                job.Run(session);
                job.Acknowledge();
            }
        }
        catch (Exception error)
        {
            FailAll([job], error);
        }
    }

    private void RunOneByOne(List<WriteJob> group)
    {
        var one = new List<WriteJob>(1);
        foreach (var job in group)
        {
            one.Clear();
            one.Add(job);
            if (!TryRunTogether(one, join: null, out var error))
            {
                FailAll(one, error);
            }
        }
    }

    // Runs jobs in one transaction. False means that nothing of them is kept.
    private bool TryRunTogether(
        List<WriteJob> jobs, Func<Durability, bool>? join, [NotNullWhen(false)] out Exception? error)
    {
        done.Clear();
        refused.Clear();
        var before = 0L;
        try
        {
            var level = Level(jobs);
            session.Begin(level);
            before = session.Sequence;
            for (var i = 0; i < jobs.Count || join?.Invoke(level) == true; i++)
            {
                RunInTransaction(jobs[i]);
            }

            session.Keep();
        }
        catch (Exception failure)
        {
            error = failure;
            Undo(failure);
            return false;
        }

        error = null;
        if (session.Sequence != before)
        {
            committed(session.HasWork);
        }

        foreach (var job in done)
        {
            job.Acknowledge();
        }

        foreach (var (job, reason) in refused)
        {
            job.Fail(Translate(reason));
        }

        return true;
    }

    private void RunInTransaction(WriteJob job)
    {
        if (!job.TryBegin())
        {
            return;
        }

        session.BeginJob();
        try
        {
            job.Run(session);
            done.Add(job);
        }
        catch (Exception error) when (!session.HasWritten && session.Connection.IsInTransaction)
        {
            // Refused before it has written: the others of its group do not notice. It is told when they are, for what
            // it was judged on may be rolled back yet.
            refused.Add((job, error));
        }
    }

    private void Undo(Exception failure)
    {
        try
        {
            session.Undo();
        }
        catch (SqliteException error)
        {
            broken = Broken(error);
        }

        if (SqliteErrors.IsFailedSync(failure))
        {
            broken = Broken((SqliteException)failure);
        }
    }

    private StoreException Broken(SqliteException error) => new(
        StoreErrorKind.Unavailable,
        $"The store {Names.Show(path)} takes no more commits since its disk has failed: {error.Message}. " +
        "Check the disk, then open the store again.",
        error)
    {
        Backend = SqliteErrors.Backend,
    };

    // One by one would only meet the same again, and wait as long each time.
    private static bool IsHopeless(Exception error) =>
        error is StoreException || SqliteErrors.IsFailedSync(error) ||
        error is SqliteException { Primary: SqliteCode.Busy or SqliteCode.Corrupt or SqliteCode.ReadOnly };

    private void FailAll(List<WriteJob> jobs, Exception error)
    {
        var translated = Translate(error);
        foreach (var job in jobs)
        {
            job.Fail(translated);
        }
    }

    private Exception Translate(Exception error) => SqliteErrors.Of(error, "write", path);

    private static Durability Level(List<WriteJob> jobs)
    {
        var level = Durability.Memory;
        foreach (var job in jobs)
        {
            level = job.Level > level ? job.Level : level;
        }

        return level;
    }
}
