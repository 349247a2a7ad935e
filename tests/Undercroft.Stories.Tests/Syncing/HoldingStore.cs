using Undercroft.Layers;

namespace Undercroft.Stories.Tests;

/// <summary>A store whose feed has forgotten all places, and holds back what was written to one record.</summary>
internal sealed class HoldingStore(IStore inner) : DelegatingStore(inner)
{
    /// <summary>The id of the record.</summary>
    public required string Held { get; init; }

    public override async ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default)
    {
        var page = request.After == FeedCursor.Beginning
            ? await base.ChangesAsync(request, cancellationToken)
            : throw new CursorExpiredException("it is a test's");
        return page with
        {
            Changes = [.. page.Changes.Where(change => change.Key.Id != Held)],
            HeldBack = new FeedHold(page.Changes[0].UpdatedAt, "Somebody is at it."),
        };
    }
}
