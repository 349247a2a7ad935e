using Undercroft.Layers;

namespace Undercroft.Tests.Storage;

/// <summary>A store whose feed holds back, from when it is told to until it is let go, what is committed meanwhile, as
/// PostgreSQL does while an older transaction is open.</summary>
internal sealed class HoldingStore(IStore inner) : DelegatingStore(inner)
{
    public static FeedHold Why { get; } = new(
        new DateTimeOffset(2031, 3, 14, 15, 9, 26, TimeSpan.Zero), "Somebody is at it. Send them home.");

    private (FeedCursor Place, Revision Through)? held;

    public async Task HoldAsync()
    {
        var (place, through) = (FeedCursor.Beginning, Revision.None);
        ChangePage page;
        do
        {
            page = await Inner.ChangesAsync(new ChangesRequest { After = place, Limit = 1000 });
            place = page.Next;
            through = page.Changes.Count == 0 ? through : page.Changes[^1].Revision;
        }
        while (page.HasMore);

        held = (place, through);
    }

    public void LetGo() => held = null;

    public override async ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default)
    {
        var page = await Inner.ChangesAsync(request, cancellationToken);
        if (held is not var (place, through))
        {
            return page;
        }

        StoreRecord[] shown = [.. page.Changes.Where(change => change.Revision.CompareTo(through) <= 0)];
        return shown.Length == page.Changes.Count && page.HasMore
            ? page
            : new ChangePage(shown, place, HasMore: false) { HeldBack = Why };
    }

    public override async ValueTask WaitAsync(FeedCursor after, CancellationToken cancellationToken = default)
    {
        if (held is null)
        {
            await Inner.WaitAsync(after, cancellationToken);
        }
    }
}
