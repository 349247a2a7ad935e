using Undercroft.Testing;

namespace Undercroft.Jobs.Tests;

public sealed class ProbeTests : JobsFixture
{
    [Fact]
    public async Task What_was_enqueued_is_found_with_its_payload_whatever_became_of_it()
    {
        var probe = new JobProbe(Storage);
        await using var worker = Worker((mail, _, _) =>
            mail.Number == 1 ? throw new JobPermanentException("no") : ValueTask.CompletedTask);
        foreach (var number in new[] { 1, 2 })
        {
            _ = await Mails.EnqueueAsync(new Sent("Ann", number), cancellationToken: Token);
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        _ = await worker.RunPendingAsync(cancellationToken: Token);
        _ = await Mails.EnqueueAsync(new Sent("Bob", 3), cancellationToken: Token);

        Assert.Equal(
            [new Sent("Ann", 1), new Sent("Ann", 2), new Sent("Bob", 3)], await probe.PayloadsAsync(Kinds.Mail, Token));
        var bob = await probe.SingleAsync(Kinds.Mail, static mail => mail.To == "Bob", Token);
        Assert.Equal(JobState.Ready, bob.State);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await probe.SingleAsync(Kinds.Mail, static mail => mail.To == "Ann", Token));
        Assert.Contains("found 2 of 3", error.Message, StringComparison.Ordinal);
    }
}
