using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Writing;

namespace Undercroft.Sqlite.Upkeep;

/// <summary>Looks after a store, one request at a time. What writes goes through the writer in small steps, so that
/// commits get their turn; what only reads has a connection and a thread of its own.</summary>
internal sealed class SqliteUpkeep(SqliteFile file, StoreInfo info, CommitWriter? writer)
    : IAsyncDisposable
{
    private const int VacuumPages = 1000;

    private readonly int stepMax = Math.Min(500, info.Limits.OperationsMax);
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource closing = new();

    /// <summary>Does what is asked.</summary>
    public async ValueTask<MaintenanceReport> RunAsync(
        MaintenanceRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closing.Token);
        await turn.WaitAsync(either.Token).ConfigureAwait(false);
        try
        {
            return await (request.Kind switch
            {
                MaintenanceKind.Expire => ExpireAsync(request, now, either.Token),
                MaintenanceKind.Compact => CompactAsync(request, now, either.Token),
                MaintenanceKind.Verify => ReadAsync(
                    connection => new SqliteVerifier(connection, request.Progress, either.Token).Run(), either.Token),
                MaintenanceKind.Measure => ReadAsync(
                    connection => SqliteMeasure.Run(connection, file.Path, now), either.Token),
                MaintenanceKind.Backup => BackupAsync(request, either.Token),
                _ => throw new ArgumentOutOfRangeException(
                    nameof(request), request.Kind, "There is no such maintenance."),
            }).ConfigureAwait(false);
        }
        finally
        {
            _ = turn.Release();
        }
    }

    /// <summary>Ends what is running.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await turn.WaitAsync().ConfigureAwait(false);
        turn.Dispose();
        closing.Dispose();
    }

    private async Task<MaintenanceReport> ExpireAsync(
        MaintenanceRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var swept = 0L;
        int step;
        do
        {
            step = await WriteAsync(session => session.Expire(now, stepMax), cancellationToken).ConfigureAwait(false);
            swept += step;
            request.Progress?.Report((swept, 0));
        }
        while (step == stepMax);

        _ = await WriteAsync(session => session.PruneLanes(now), cancellationToken).ConfigureAwait(false);
        return new MaintenanceReport { Examined = swept, Changed = swept };
    }

    private async Task<MaintenanceReport> CompactAsync(
        MaintenanceRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var tombstones = await WriteAsync(
            static session => session.Connection.Query("SELECT count(*) FROM records WHERE deleted = 1") ?? 0,
            cancellationToken).ConfigureAwait(false);
        var forgotten = 0L;
        (int Count, long Last) step = (0, 0);
        do
        {
            var after = step.Last;
            step = await WriteAsync(
                session => session.Forget(request, after, stepMax), cancellationToken).ConfigureAwait(false);
            forgotten += step.Count;
            request.Progress?.Report((forgotten, tombstones));
        }
        while (step.Count == stepMax);

        _ = await WriteAsync(session => session.PruneLanes(now), cancellationToken).ConfigureAwait(false);
        while (await WriteAsync(Vacuum, cancellationToken, isTransactional: false).ConfigureAwait(false))
        {
        }

        _ = await WriteAsync(
            session => writer!.Log.Truncate(session.Connection), cancellationToken, isTransactional: false)
            .ConfigureAwait(false);
        return new MaintenanceReport { Examined = tombstones, Changed = forgotten };
    }

    private Task<MaintenanceReport> BackupAsync(MaintenanceRequest request, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(request.Target, nameof(request));
        var backup = new SqliteBackup(file, request.Target, request.Progress, cancellationToken);
        return ReadAsync(backup.Run, cancellationToken);
    }

    // Gives a part of the free pages back to the file system; false at the end.
    private static bool Vacuum(WriteSession session)
    {
        var before = session.Connection.Query("PRAGMA freelist_count") ?? 0;
        if (before == 0)
        {
            return false;
        }

        session.Connection.Execute(FormattableString.Invariant($"PRAGMA incremental_vacuum({VacuumPages})"));
        return session.Connection.Query("PRAGMA freelist_count") is { } after && after > 0 && after < before;
    }

    private async Task<TResult> WriteAsync<TResult>(
        Func<WriteSession, TResult> step, CancellationToken cancellationToken, bool isTransactional = true)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var job = new UpkeepJob<TResult>(step, info.DefaultDurability, isTransactional);
        return writer is null
            ? throw SqliteErrors.Refuse(
                StoreErrorKind.ReadOnly, file.Path, "it is open for reading only",
                "Open it for writing to sweep or compact it.")
            : await writer.SubmitAsync(job, cancellationToken).ConfigureAwait(false);
    }

    // The work is long and blocks: it gets a thread, and is interrupted inside SQLite when it is cancelled.
    private Task<MaintenanceReport> ReadAsync(
        Func<SqliteConnection, MaintenanceReport> work, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<MaintenanceReport>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(work, completion, cancellationToken))
        {
            IsBackground = true,
            Name = "undercroft sqlite upkeep",
        }.Start();
        return completion.Task;
    }

    private void Run(
        Func<SqliteConnection, MaintenanceReport> work,
        TaskCompletionSource<MaintenanceReport> completion,
        CancellationToken cancellationToken)
    {
        MaintenanceReport report;
        try
        {
            using var connection = file.OpenReader();
            using (cancellationToken.UnsafeRegister(
                static state => ((SqliteConnection)state!).Interrupt(), connection))
            {
                connection.Execute("BEGIN");
                report = work(connection);
                connection.Execute("COMMIT");
            }
        }
        catch (Exception error) when (cancellationToken.IsCancellationRequested &&
            error is OperationCanceledException or SqliteException { Primary: SqliteCode.Interrupt })
        {
            _ = completion.TrySetCanceled(cancellationToken);
            return;
        }
        catch (Exception error)
        {
            _ = completion.TrySetException(error);
            return;
        }

        _ = completion.TrySetResult(report);
    }
}

/// <summary>A step of upkeep that writes.</summary>
internal sealed class UpkeepJob<TResult>(Func<WriteSession, TResult> step, Durability level, bool isTransactional)
    : WriteJob<TResult>
{
    public override Durability Level => level;

    public override bool IsTransactional => isTransactional;

    protected override TResult Do(WriteSession session) => step(session);
}
