using Undercroft.Sqlite.Writing;

namespace Undercroft.Sqlite.Jobs;

/// <summary>The store as its jobs need it.</summary>
internal interface IJobAccess
{
    /// <summary>Hands a job to the writer.</summary>
    ValueTask<TResult> WriteAsync<TResult>(WriteJob<TResult> job, CancellationToken cancellationToken);

    /// <summary>Reads with one of the readers.</summary>
    ValueTask<TResult> ReadAsync<TResult>(Func<JobReader, TResult> read, CancellationToken cancellationToken);
}
