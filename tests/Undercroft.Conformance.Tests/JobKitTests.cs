using System.Reflection;
using Undercroft.Conformance.Tests.Defects;
using Undercroft.Jobs;
using Undercroft.Testing;
using Xunit.Sdk;

namespace Undercroft.Conformance.Tests;

/// <summary>The kit of jobs is tested by stores that each break one law: it must catch every one, and let the sound
/// store pass.</summary>
public sealed class JobKitTests
{
    private static readonly TimeSpan Early = TimeSpan.FromTicks(1);

    private static readonly Dictionary<string, (Func<IStore, TimeProvider, IStore> Make, string[] Laws)> Defects = new()
    {
        ["settles without a fence"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Amend = DefectiveJobs.Each<SettleOperation>(static async (jobs, one) =>
                    await jobs.FindJobAsync(one.Job) is { State: JobState.Running } job
                        ? new SettleOperation(new JobLease(job.Id, job.Session, job.Fence), one.Settlement)
                        : one),
            },
            [
                nameof(JobConformance.A_stale_settlement_refuses_the_documents_beside_it),
                nameof(JobConformance.Each_part_of_a_runs_identity_counts),
            ]),
        ["takes the attempt for the fence"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Claims = static claim => Copy(claim, static job => job.Lease with { Fence = job.Attempt }),
                Amend = DefectiveJobs.Each<SettleOperation>(static async (jobs, one) =>
                    await jobs.FindJobAsync(one.Job) is { State: JobState.Running } job &&
                        job.Attempt == one.Lease.Fence && job.Session == one.Lease.Session
                        ? new SettleOperation(one.Lease with { Fence = job.Fence }, one.Settlement)
                        : one),
            },
            [nameof(JobConformance.A_fence_never_comes_twice_not_even_after_snoozes_releases_and_requeues)]),
        ["loses what a lost answer has claimed"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Asks = static request => request with { Held = null },
            },
            [nameof(JobConformance.A_claim_whose_answer_was_lost_brings_its_jobs_again)]),
        ["enqueues what was refused"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Again = static (commit, _) => commit.Operations.OfType<EnqueueOperation>().ToArray()
                    is { Length: > 0 } jobs
                    ? new Commit(jobs)
                    : null,
            },
            [nameof(JobConformance.A_job_of_a_refused_commit_does_not_exist)]),
        ["writes the documents of stale runs"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Again = static (commit, _) => commit.Operations.Where(static one => one is not JobOperation).ToArray()
                    is { Length: > 0 } documents
                        ? new Commit(documents)
                        : null,
            },
            [nameof(JobConformance.A_stale_settlement_refuses_the_documents_beside_it)]),
        ["renews what has expired"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Hears = static (status, update) => update.Kind == SessionUpdateKind.Renew && !status.IsAlive
                    ? new SessionStatus { IsAlive = true }
                    : status,
            },
            [nameof(JobConformance.A_session_lives_until_its_lease_ends_and_never_again)]),
        ["reaps the living"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Maintains = static (request, now) => request with { Now = now + JobLimits.DefaultLease },
            },
            [
                nameof(JobConformance.Maintenance_leaves_a_job_alone_whose_session_was_renewed),
                nameof(JobConformance.A_session_lives_until_its_lease_ends_and_never_again),
            ]),
        ["gives a job twice"] = (
            static (inner, clock) =>
            {
                var last = new List<LeasedJob>();
                return new DefectiveJobs(inner)
                {
                    Clock = clock,
                    Claims = claim =>
                    {
                        lock (last)
                        {
                            List<LeasedJob> all = [.. last, .. claim.Jobs];
                            last.Clear();
                            last.AddRange(claim.Jobs);
                            return new ClaimResult { Jobs = all, NextDueAt = claim.NextDueAt, At = claim.At };
                        }
                    },
                };
            },
            [nameof(JobConformance.Of_many_claimers_each_job_has_one)]),
        ["ignores pauses"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Amend = DefectiveJobs.Each<JobControlOperation>(static (_, one) => Task.FromResult<StoreOperation?>(
                    one.Kind == JobControlKind.Pause ? null : one)),
            },
            [nameof(JobConformance.A_paused_queue_gives_nothing_until_it_is_resumed)]),
        ["gives kinds nobody knows"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Asks = static request => request with { Kinds = [.. request.Kinds, "strange"] },
            },
            [nameof(JobConformance.Kinds_a_worker_does_not_know_stay_for_others)]),
        ["ignores priorities"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Amend = DefectiveJobs.EachNew(static job => job with { Priority = 0 }),
            },
            [
                nameof(JobConformance.Jobs_come_by_priority_then_due_time_then_order),
                nameof(JobConformance.A_random_run_of_jobs_goes_as_in_the_model),
            ]),
        ["is due a tick early"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Amend = DefectiveJobs.EachNew(
                    static job => job.Delay > Early ? job with { Delay = job.Delay - Early } : job),
            },
            [nameof(JobConformance.A_delayed_job_comes_at_its_tick_and_not_before)]),
        ["counts snoozes as attempts"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Amend = DefectiveJobs.EachSettled(static one => one.Kind == SettlementKind.Snooze
                    ? Settlement.Retry(one.Delay, "snoozed")
                    : one),
            },
            [nameof(JobConformance.Snoozes_and_releases_do_not_count_as_attempts)]),
        ["loses results"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Amend = DefectiveJobs.EachSettled(static one => one.Kind == SettlementKind.Succeed
                    ? Settlement.Succeeded
                    : one),
            },
            [nameof(JobConformance.Snoozes_and_releases_do_not_count_as_attempts)]),
        ["loses steps"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Amend = DefectiveJobs.Each<StepOperation>(static (_, _) => Task.FromResult<StoreOperation?>(null)),
            },
            [nameof(JobConformance.Steps_and_progress_are_kept_for_the_next_run)]),
        ["ignores concurrency keys"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Amend = DefectiveJobs.EachNew(static job => job with { ConcurrencyKey = null }),
            },
            [
                nameof(JobConformance.A_limit_of_two_lets_two_through_and_settling_both_at_once_lets_two_more),
                nameof(JobConformance.When_a_holder_of_a_key_ends_or_is_put_off_the_next_goes_on),
            ]),
        ["takes a key's limit for one more"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Amend = DefectiveJobs.EachNew(static job => job with { ConcurrencyLimit = job.ConcurrencyLimit + 1 }),
            },
            [nameof(JobConformance.When_the_holder_of_a_key_dies_it_goes_on_and_keeps_the_key)]),
        ["ignores unique keys"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Amend = DefectiveJobs.EachNew(static job => job with { UniqueKey = null }),
            },
            [nameof(JobConformance.A_unique_key_returns_the_job_there_is_until_it_ends)]),
        ["ignores rate limits"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Amend = DefectiveJobs.EachNew(static job => job with { RateLimit = null }),
            },
            [nameof(JobConformance.A_rate_limit_lets_its_permits_through_and_the_rest_in_time)]),
        ["ignores dependencies"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Amend = DefectiveJobs.EachNew(static job => job with { DependsOn = [] }),
            },
            [nameof(JobConformance.A_job_waits_for_all_it_depends_on)]),
        ["forgets who asked to cancel"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Hears = static (status, _) => new SessionStatus
                {
                    IsAlive = status.IsAlive,
                    ExpiresAt = status.ExpiresAt,
                },
            },
            [nameof(JobConformance.Cancelling_ends_what_waits_and_asks_what_runs)]),
        ["forgets nothing"] = (
            static (inner, clock) => new DefectiveJobs(inner)
            {
                Clock = clock,
                Maintains = static (request, _) => request with { KeepSucceeded = null },
            },
            [nameof(JobConformance.What_has_ended_is_kept_as_long_as_asked_and_then_forgotten)]),
    };

    public static TheoryData<string, string> Catches()
    {
        var data = new TheoryData<string, string>();
        foreach (var (defect, (_, laws)) in Defects)
        {
            foreach (var law in laws)
            {
                data.Add(defect, law);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Catches))]
    public async Task The_kit_catches_it(string defect, string law)
    {
        var make = Defects[defect].Make;
        Assert.True(
            await RunAsync(clock => make(new MemoryStore(clock: clock), clock), law) is not null,
            $"'{law}' does not notice a store that {defect}.");
    }

    [Fact]
    public async Task A_sound_store_behind_the_same_layer_passes_every_law_named_here()
    {
        foreach (var law in Defects.Values.SelectMany(static one => one.Laws).Distinct())
        {
            var error = await RunAsync(
                static clock => new DefectiveJobs(new MemoryStore(clock: clock)) { Clock = clock }, law);
            Assert.True(error is null, $"'{law}' says against a sound store: {error}");
        }
    }

    private static ClaimResult Copy(ClaimResult claim, Func<LeasedJob, JobLease> lease) => new()
    {
        IsSessionAlive = claim.IsSessionAlive,
        NextDueAt = claim.NextDueAt,
        At = claim.At,
        PausedQueues = claim.PausedQueues,
        Jobs = [.. claim.Jobs.Select(job => new LeasedJob
        {
            Lease = lease(job),
            Queue = job.Queue,
            Kind = job.Kind,
            Payload = job.Payload,
            Attempt = job.Attempt,
            AttemptsMax = job.AttemptsMax,
            Snoozes = job.Snoozes,
            Steps = job.Steps,
        })],
    };

    private static async Task<Exception?> RunAsync(Func<TimeProvider, IStore> open, string law)
    {
        var method = typeof(JobConformance).GetMethod(law);
        Assert.NotNull(method);
        var rows = method.GetCustomAttributes<InlineDataAttribute>().Select(static row => row.Data).ToList();
        foreach (var row in rows.DefaultIfEmpty([]))
        {
            var binding = new Binding(open);
            await binding.InitializeAsync();
            try
            {
                if (method.Invoke(binding, BindingFlags.DoNotWrapExceptions, null, row, null) is Task running)
                {
                    await running;
                }
            }
            catch (Exception error) when (error is not SkipException)
            {
                return error;
            }
            finally
            {
                await binding.DisposeAsync();
            }
        }

        return null;
    }

    private sealed class Binding(Func<TimeProvider, IStore> open) : JobConformance
    {
        protected override ValueTask<IStore> OpenAsync(TimeProvider clock) => new(open(clock));
    }
}
