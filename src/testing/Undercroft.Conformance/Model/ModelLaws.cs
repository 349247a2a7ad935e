using Undercroft.Testing;

namespace Undercroft.Conformance.Model;

/// <summary>Random runs of everything a store can do, step by step beside a model that is too simple to be wrong.
/// </summary>
public abstract class ModelLaws : Histories.HistoryLaws
{
    private const int Steps = 200;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public virtual async Task A_random_run_goes_as_in_the_model(int run)
    {
        var seed = TestSeed.Take();
        IReadOnlyList<ModelStep> steps = new StepMaker(seed.ToRandom(run)).Make(Steps * TestSeed.Length);
        if (await RunAsync(steps) is not { } failure)
        {
            return;
        }

        // Each run from here on is on a new store; what cannot be repeated is told as it was.
        var shortest = steps;
        if (await StartsEmptyAsync())
        {
            var shrinker = new Shrinker(
                async fewer => await StartsEmptyAsync() && await RunAsync(fewer) is not null);
            shortest = await shrinker.ShrinkAsync(steps);
            _ = await StartsEmptyAsync();
            failure = await RunAsync(shortest) ?? failure;
        }

        var told = shortest.Select((step, i) => $"  {i + 1}. {step}");
        Assert.Fail(
            $"The store and the model part ways. {seed}\n{string.Join('\n', told)}\n" +
            $"At step {failure.Step + 1} of {shortest.Count}: {failure.Error.Message}\n{failure.Error.StackTrace}");
    }

    /// <summary>Opens a new store, and says whether the binding gave an empty one: else nothing can be repeated.
    /// </summary>
    private async Task<bool> StartsEmptyAsync()
    {
        await StartOverAsync();
        return (await FollowAsync()).Changes.Count == 0;
    }

    private async Task<Failure?> RunAsync(IReadOnlyList<ModelStep> steps)
    {
        var isPersistent = ExpectedCapabilities.HasFlag(StoreCapabilities.Persistent);
        var run = new ModelRun(() => Store, isPersistent ? RestartAsync : null, Clock, Cancel);
        for (var i = 0; i < steps.Count; i++)
        {
            try
            {
                await steps[i].RunAsync(run);
            }
            catch (Exception error) when (!Cancel.IsCancellationRequested)
            {
                return new Failure(i, error);
            }
        }

        return null;
    }

    private sealed record Failure(int Step, Exception Error);
}
