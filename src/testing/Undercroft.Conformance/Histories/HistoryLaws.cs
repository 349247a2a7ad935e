using Undercroft.Testing;
using Xunit.Sdk;

namespace Undercroft.Conformance.Histories;

/// <summary>What concurrent clients are told makes sense in one order that agrees with real time.</summary>
public abstract class HistoryLaws : ServerLaws
{
    private const int Clients = 6, Calls = 50;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public virtual async Task What_concurrent_clients_see_has_one_order(int run)
    {
        var seed = TestSeed.Take();
        var recorder = new HistoryRecorder(Store, Cancel);

        _ = await RaceAsync(Clients, client => recorder.RunAsync(client, Calls, seed.ToRandom((run * 100) + client)));

        try
        {
            HistoryChecker.Check(recorder.History, OrdersFeedByRevision);
        }
        catch (XunitException error)
        {
            Assert.Fail($"The history has no order that makes sense. {seed}\n{error.Message}");
        }
    }
}
