using Undercroft.Conformance.Jobs;
using Undercroft.Testing;

namespace Undercroft.Conformance;

/// <summary>Random runs of jobs, step by step beside a model that is too simple to be wrong.</summary>
public abstract class JobModelLaws : JobRaceLaws
{
    private const int Steps = 120;
    private const int ShrinksMax = 400;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public virtual async Task A_random_run_of_jobs_goes_as_in_the_model(int run)
    {
        var seed = TestSeed.Take();
        var chance = seed.ToRandom(run);
        var moves = Enumerable.Range(0, Steps * TestSeed.Length).Select(_ => JobMove.Make(chance)).ToList();
        if (await TryAsync(moves) is not { } failure)
        {
            return;
        }

        var runs = 0;
        for (var size = moves.Count / 2; size > 0; size /= 2)
        {
            for (var from = moves.Count - size; from >= 0 && runs < ShrinksMax; from -= size)
            {
                List<JobMove> fewer = [.. moves.Take(from), .. moves.Skip(from + size)];
                runs++;
                await StartOverAsync();
                if (await TryAsync(fewer) is { } shorter)
                {
                    (moves, failure) = (fewer, shorter);
                }
            }
        }

        Assert.Fail(
            $"The store and the model part ways. {seed}\n{string.Join('\n', moves)}\n{failure.Message}\n" +
            failure.StackTrace);
    }

    private async Task<Exception?> TryAsync(IReadOnlyList<JobMove> moves)
    {
        try
        {
            await new JobModelRun(Jobs, Clock, Cancel).RunAsync(moves);
            return null;
        }
        catch (Exception error) when (!Cancel.IsCancellationRequested)
        {
            return error;
        }
    }
}
