using Undercroft.Jobs;
using Undercroft.Sqlite.Writing;

namespace Undercroft.Sqlite.Jobs;

/// <summary>A claim, a heartbeat or maintenance: it shares a transaction with the commits that wait beside it.</summary>
/// <remarks>Lost with the power it would only be done again, under another fence and session: no sync is needed.
/// </remarks>
internal sealed class JobCall<TResult>(DateTimeOffset? now, Func<JobJudge, TResult> run) : WriteJob<TResult>
{
    protected override TResult Do(WriteSession session) => session.Judge(now, run);
}
