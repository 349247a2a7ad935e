using Undercroft.Jobs;
using Undercroft.Postgres.Jobs;

namespace Undercroft.Postgres.Tests.Jobs;

/// <summary>Where calls wait for the judge.</summary>
public sealed class JobLaneTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_who_loses_patience_makes_no_room_for_another_before_his_call_is_taken_up()
    {
        const int Room = 3;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var lane = new JobLane(
            async group =>
            {
                _ = begun.TrySetResult();
                await ended.Task;
                group.ForEach(static work => work.Tell(Revision.None));
            },
            groupMax: 1,
            Room);
        var first = SubmitAsync(lane, Cancel);
        await begun.Task;

        for (var i = 0; i < 4 * Room; i++)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var call = SubmitAsync(lane, patience.Token);
            await patience.CancelAsync();
            _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        Assert.Equal(Room, lane.Waiting);
        var last = SubmitAsync(lane, Cancel);
        ended.SetResult();
        await first;
        await last;
    }

    private static Task<SessionStatus> SubmitAsync(JobLane lane, CancellationToken cancellationToken)
    {
        var work = new JobCall<SessionStatus>(
            null, static _ => new SessionStatus { IsAlive = true }, static _ => false);
        return lane.SubmitAsync(work, work.Task, cancellationToken).AsTask();
    }
}
