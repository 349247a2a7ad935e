using Undercroft.Jobs;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Jobs;

/// <summary>Writes rows of jobs.</summary>
internal sealed class JobRowWriter(SqliteConnection connection)
{
    private readonly SqliteStatement insert = connection.Statement(JobSql.Insert);
    private readonly SqliteStatement update = connection.Statement(JobSql.Update);
    private readonly SqliteStatement updateRun = connection.Statement(JobSql.UpdateRun);
    private readonly SqliteStatement delete = connection.Statement(JobSql.Delete);
    private readonly SqliteStatement finish = connection.Statement(JobSql.Finish);
    private readonly SqliteStatement deleteEnded = connection.Statement(JobSql.DeleteEnded);

    public void Insert(JobRow row)
    {
        Bind(insert, row);
        BindId(insert, 16, row.Id.Value);
        insert.Run();
    }

    public void Update(JobRow row)
    {
        Bind(update, row);
        update.Run();
    }

    public void UpdateRun(JobRow row)
    {
        updateRun.Bind(1, (long)row.State);
        updateRun.Bind(2, row.DueAt);
        updateRun.Bind(3, row.StartedAt);
        updateRun.Bind(4, row.Fence);
        BindId(updateRun, 5, row.Session.Value);
        updateRun.Bind(6, row.Attempt);
        updateRun.Bind(7, row.Order);
        updateRun.Run();
    }

    public void Finish(JobRow row)
    {
        Bind(finish, row);
        BindId(finish, 16, row.Id.Value);
        finish.Bind(17, row.FinishedAt);
        finish.Run();
    }

    public void Delete(JobRow row)
    {
        delete.Bind(1, row.Order);
        delete.Run();
    }

    public void DeleteEnded(JobRow row)
    {
        deleteEnded.Bind(1, row.Order);
        deleteEnded.Run();
    }

    private static void Bind(SqliteStatement to, JobRow row)
    {
        to.Bind(1, (long)row.State);
        to.Bind(2, row.Queue);
        to.Bind(3, row.Kind);
        to.Bind(4, row.Priority);
        to.Bind(5, row.DueAt);
        to.Bind(6, row.EnqueuedAt);
        to.Bind(7, row.StartedAt);
        to.Bind(8, row.Fence);
        BindId(to, 9, row.Session.Value);
        to.Bind(10, row.Attempt);
        to.Bind(11, row.AttemptsMax);
        to.Bind(12, row.Place.List == JobList.Waiters ? row.Extra!.ConcurrencyKey : null);
        if (row.Extra is null)
        {
            to.BindNull(13);
        }
        else
        {
            to.Bind(13, JobForm.WriteExtra(row.Extra));
        }

        if (row.Payload.IsEmpty)
        {
            to.BindNull(14);
        }
        else
        {
            to.Bind(14, row.Payload.Span);
        }

        to.Bind(15, row.Order);
    }

    private static void BindId(SqliteStatement to, int position, Guid id)
    {
        if (id == Guid.Empty)
        {
            to.BindNull(position);
            return;
        }

        Span<byte> bytes = stackalloc byte[16];
        _ = id.TryWriteBytes(bytes, bigEndian: true, out _);
        to.Bind(position, bytes);
    }
}
