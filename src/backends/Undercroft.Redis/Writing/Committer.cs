using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Jobs;

namespace Undercroft.Redis.Writing;

/// <summary>Sends commits. Those of many callers travel together; none waits for another, except those that wait for
/// replicas or for the log, which share that wait.</summary>
/// <remarks>A commit of which no answer came is sent again with its identity until it is known what became of it: the
/// store keeps the results of the latest commits.</remarks>
/// <param name="caller">Calls the server.</param>
/// <param name="call">Writes and reads calls of the commit function.</param>
/// <param name="lane">Where the commits go that wait; null where none has to.</param>
/// <param name="info">What the store is.</param>
/// <param name="options">The settings.</param>
internal sealed class Committer(
    FunctionCaller caller, CommitCall call, WaitLane? lane, StoreInfo info, RedisStoreOptions options)
{
    private const int LoadsMax = 8;

    private static readonly TimeSpan PauseBetween = TimeSpan.FromMilliseconds(50);

    private readonly CommitIdentities identities = new(info.Limits);

    /// <summary>Commits.</summary>
    /// <param name="commit">A commit that the guard has let through.</param>
    /// <param name="level">The level of durability to give it.</param>
    /// <param name="cancellationToken">Ends the wait; the commit may happen all the same.</param>
    public ValueTask<CommitResult> CommitAsync(
        Commit commit, Durability level, CancellationToken cancellationToken) =>
        CommitAsync(commit, commit, jobs: null, level, cancellationToken);

    /// <summary>Commits documents, and what was decided about the jobs beside them.</summary>
    /// <param name="documents">The commit without its jobs.</param>
    /// <param name="whole">The commit as its caller gave it: its identity stands for all of it.</param>
    /// <param name="jobs">The jobs; null where there are none.</param>
    /// <param name="level">The level of durability to give it; null where it waits for nobody.</param>
    /// <param name="cancellationToken">Ends the wait; the commit may happen all the same.</param>
    public async ValueTask<CommitResult> CommitAsync(
        Commit documents, Commit whole, JobWrites? jobs, Durability? level, CancellationToken cancellationToken)
    {
        var mustWait = level is { } asked && lane?.Takes(asked, info.DefaultDurability) == true;
        if (whole.Identity is { } given)
        {
            return await SendAsync(
                new CommitAttempt(documents, given, CommitDigest.Of(whole), IsOwnIdentity: false, mustWait)
                {
                    Jobs = jobs,
                },
                cancellationToken).ConfigureAwait(false);
        }

        var own = identities.Begin();
        try
        {
            return await SendAsync(
                new CommitAttempt(documents, own, default, IsOwnIdentity: true, mustWait) { Jobs = jobs },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            identities.End(own);
        }
    }

    private async ValueTask<CommitResult> SendAsync(CommitAttempt attempt, CancellationToken cancellationToken)
    {
        var begunAt = 0L;
        var sentAt = TimeProvider.System.GetTimestamp();
        for (var loads = 0; ;)
        {
            try
            {
                return attempt.MustWait
                    ? await lane!.SendAsync(attempt, cancellationToken).ConfigureAwait(false)
                    : await SendOnceAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisException error) when (FunctionCaller.IsMissing(error) && loads++ < LoadsMax)
            {
                await caller.LoadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (RedisException error) when (WasSentElsewhere(error, attempt, sentAt)
                || MayRepeat(error, attempt, ref begunAt))
            {
                await Task.Delay(PauseBetween, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisException error) when (attempt.IsRepeated)
            {
                throw Unknown(error);
            }
        }
    }

    private async ValueTask<CommitResult> SendOnceAsync(CommitAttempt attempt, CancellationToken cancellationToken)
    {
        var command = caller.Client.Create("FCALL"u8);
        call.Write(command, attempt);
        using var reply = await caller.Client.SendAsync(command, cancellationToken).ConfigureAwait(false);
        return call.Read(reply, attempt);
    }

    // Among commits that wait together only this one may have been refused: the client leaves it to us.
    private bool WasSentElsewhere(RedisException error, CommitAttempt attempt, long sentAt) =>
        attempt.MustWait && ServerErrors.IsElsewhere(error.ServerText) &&
        TimeProvider.System.GetElapsedTime(sentAt) < options.ServerTimeout;

    private bool MayRepeat(RedisException error, CommitAttempt attempt, ref long begunAt)
    {
        if (error.Failure == RedisFailure.OutcomeUnknown && !attempt.IsRepeated)
        {
            attempt.IsRepeated = true;
            begunAt = TimeProvider.System.GetTimestamp();
            return true;
        }

        return attempt.IsRepeated && error.IsTransient &&
            TimeProvider.System.GetElapsedTime(begunAt) < options.RepeatFor;
    }

    private StoreException Unknown(RedisException error) => new(
        StoreErrorKind.Unavailable,
        $"Nobody knows whether a commit to the store {Names.Show(info.Location)} has happened: its answer was lost, " +
        $"and {options.RepeatFor.TotalSeconds:0.#} s of asking again gave none: {error.Message} Read what it was to " +
        "write before writing again, or repeat it with its identity.",
        error)
    {
        Backend = RedisErrors.Backend,
        IsTransient = true,
    };
}
