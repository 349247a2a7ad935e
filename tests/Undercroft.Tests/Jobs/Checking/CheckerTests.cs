namespace Undercroft.Tests.Jobs.Checking;

/// <summary>The protocol of runs, in every order its steps can happen in; and the wrong ones, each of which must be
/// caught.</summary>
public sealed class CheckerTests
{
    [Fact]
    public void In_no_order_of_steps_goes_the_protocol_wrong()
    {
        var checker = new Checker(Protocol.None);
        Assert.Null(checker.Run());
        Assert.True(checker.States > 500, $"Only {checker.States} states: the bounds are too narrow to say anything.");
        TestContext.Current.TestOutputHelper?.WriteLine($"note: the protocol of runs has {checker.States} states");
    }

    [Theory]
    [InlineData(Protocol.NoFence)]
    [InlineData(Protocol.AttemptAsFence)]
    [InlineData(Protocol.EarlyDispatch)]
    [InlineData(Protocol.ReapWithoutRecheck)]
    [InlineData(Protocol.LateRenewal)]
    public void A_wrong_protocol_is_caught(Protocol protocol)
    {
        var way = new Checker(protocol).Run();
        Assert.NotNull(way);
        TestContext.Current.TestOutputHelper?.WriteLine($"{protocol}: {way}");
    }
}
