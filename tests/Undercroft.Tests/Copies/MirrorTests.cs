using Undercroft.Copies;
using Undercroft.Testing;

namespace Undercroft.Tests.Copies;

public sealed class MirrorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mirror_undoes_what_others_have_done_to_the_target_since_it_was_made()
    {
        var clock = new ManualClock();
        await using var source = new MemoryStore(clock: clock);
        await using var target = new MemoryStore(clock: clock);
        var books = Sample.Open(clock, source).Repository(Sample.Books);
        var copy = new StoreCopy(source, target, new StoreCopyOptions { Target = CopyTarget.Mirror }, clock);
        await books.CreateAsync("a", new Book("A", "x", 1), cancellationToken: Token);
        _ = await copy.RunAsync(cancellationToken: Token);
        var theirs = Sample.Open(clock, target).Repository(Sample.Books);
        await theirs.UpsertAsync("a", new Book("by hand", "x", 1), cancellationToken: Token);
        await theirs.CreateAsync("extra", new Book("E", "x", 1), cancellationToken: Token);

        _ = await copy.RunAsync(cancellationToken: Token);

        Assert.True((await StoreComparison.CompareAsync(source, target, clock, cancellationToken: Token)).AreEqual);
    }
}
