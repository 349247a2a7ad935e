namespace Undercroft.Crash.Tests;

/// <summary>The crash tests are tested by stores that do not keep what they promise.</summary>
public sealed class CrashKitTests
{
    [Theory]
    [InlineData("promises-too-much")]
    [InlineData("commits-in-halves")]
    public async Task A_store_that_does_not_keep_its_promise_is_caught(string backend)
    {
        await using var crash = new DefectiveCrash(backend);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            crash.What_was_acknowledged_outlives_a_kill_and_nothing_is_left_half);

        Assert.StartsWith("After ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("The child ended", error.Message, StringComparison.Ordinal);
        Assert.Contains("UNDERCROFT_SEED=", error.Message, StringComparison.Ordinal);
    }

    // Not public, so that the runner does not take it for tests.
    private sealed class DefectiveCrash(string backend) : BackendCrash
    {
        protected override string Backend => backend;

        protected override int Kills => 60;
    }
}
