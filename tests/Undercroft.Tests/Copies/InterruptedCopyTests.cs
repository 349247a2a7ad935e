using Undercroft.Copies;
using Undercroft.Testing;

namespace Undercroft.Tests.Copies;

/// <summary>Copies that are stopped, fail and meet writers at every step end up equal all the same.</summary>
public sealed class InterruptedCopyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_target_that_fails_at_each_commit_in_turn_gets_every_record_once(bool happensAllTheSame)
    {
        var clock = new ManualClock();
        await using var source = new MemoryStore(clock: clock);
        await new RandomContent(Sample.Open(clock, source), new Random(5)).ChangeAsync(300, Token);
        await using var memory = new MemoryStore(clock: clock);
        var failsAt = 0;
        var target = new UnsteadyStore(memory);
        target.FailsBefore = number => !happensAllTheSame && number == failsAt;
        target.FailsAfter = number => happensAllTheSame && number == failsAt;
        var copy = new StoreCopy(source, target, new StoreCopyOptions { BatchSize = 8 }, clock);
        CopyReport? report = null;
        var failures = 0;
        while (report is null)
        {
            // The lease, then one batch, then the next fails.
            failsAt = target.Commits + 3;
            var running = copy.RunAsync(cancellationToken: Token);
            while (!running.IsCompleted)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            if (running.IsFaulted)
            {
                failures++;
                Assert.Equal(StoreErrorKind.Full, (await Assert.ThrowsAsync<StoreException>(() => running)).Kind);
                continue;
            }

            report = await running;
        }

        var walk = await source.ChangesAsync(new ChangesRequest { Limit = 10_000 }, Token);
        Assert.True(failures > 4, $"{failures} failures prove little.");
        Assert.Equal(walk.Changes.Count, report.Records + report.Deletions);
        Assert.Empty((await StoreComparison.CompareAsync(source, memory, clock, cancellationToken: Token)).Differences);
    }

    [Fact]
    public async Task What_passes_by_itself_is_tried_again_and_happens_once()
    {
        var clock = new ManualClock();
        await using var source = new MemoryStore(clock: clock);
        await new RandomContent(Sample.Open(clock, source), new Random(6)).ChangeAsync(100, Token);
        await using var memory = new MemoryStore(clock: clock);
        var target = new UnsteadyStore(memory)
        {
            IsTransient = true,
            FailsBefore = static number => number > 1 && number % 3 == 0,
            FailsAfter = static number => number > 1 && number % 3 == 1,
        };
        var running = new StoreCopy(source, target, new StoreCopyOptions { BatchSize = 8 }, clock)
            .RunAsync(cancellationToken: Token);
        while (!running.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        var walk = await source.ChangesAsync(new ChangesRequest { Limit = 10_000 }, Token);
        var report = await running;
        Assert.Equal(walk.Changes.Count, report.Records + report.Deletions);
        Assert.Empty((await StoreComparison.CompareAsync(source, memory, clock, cancellationToken: Token)).Differences);
    }

    [Fact]
    public async Task Whatever_happens_meanwhile_the_copy_is_equal_in_the_end()
    {
        var seed = TestSeed.Take();
        for (var round = 0; round < 30 * TestSeed.Length; round++)
        {
            var random = seed.ToRandom(round);
            try
            {
                await RunRoundAsync(random);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Round {round}. {seed} {error.Message}", error);
            }
        }
    }

    private static async Task RunRoundAsync(Random random)
    {
        var clock = new ManualClock();
        await using var source = new MemoryStore(clock: clock);
        var content = new RandomContent(Sample.Open(clock, source), random);
        await content.ChangeAsync(random.Next(200), Token);
        await using var memory = new MemoryStore(clock: clock);
        var target = new UnsteadyStore(memory)
        {
            Before = async commit =>
            {
                await content.ChangeAsync(random.Next(4), Token);
                if (random.Next(15) == 0)
                {
                    _ = await source.MaintainAsync(
                        new MaintenanceRequest { Kind = MaintenanceKind.Compact }, Token);
                }
            },
            FailsBefore = _ => random.Next(10) == 0,
            FailsAfter = _ => random.Next(10) == 0,
        };
        var options = new StoreCopyOptions { BatchSize = random.Next(1, 20) };
        for (var run = 0; run < 12; run++)
        {
            await TryAsync(new StoreCopy(source, target, options, clock), clock);
        }

        target.Before = static _ => default;
        target.FailsBefore = target.FailsAfter = static _ => false;
        var report = await TryAsync(new StoreCopy(source, target, options, clock), clock);
        Assert.True(report?.HasCaughtUp);
        var comparison = await StoreComparison.CompareAsync(source, memory, clock, cancellationToken: Token);
        Assert.Empty(comparison.Differences);
    }

    private static async Task<CopyReport?> TryAsync(StoreCopy copy, ManualClock clock)
    {
        var running = copy.RunAsync(cancellationToken: Token);
        while (!running.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        try
        {
            return await running;
        }
        catch (StoreException error) when (error.Kind is StoreErrorKind.Full or StoreErrorKind.CursorExpired)
        {
            return null;
        }
    }
}
