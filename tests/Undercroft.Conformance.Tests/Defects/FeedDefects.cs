using System.Collections.Concurrent;
using Undercroft.Layers;

namespace Undercroft.Conformance.Tests.Defects;

/// <summary>Takes the place after a page when the page is already read: what came in between is lost.</summary>
internal sealed class SkipsCommits(IStore inner) : DelegatingStore(inner)
{
    private const int TurnsMax = 100;

    public override async ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default)
    {
        var page = await Inner.ChangesAsync(request, cancellationToken);
        if (page.HasMore)
        {
            return page;
        }

        // As long as a slow follower may take: whoever writes gets his turn, however busy the machine is.
        var end = page;
        for (var turns = 0; turns < TurnsMax && end.Next == page.Next; turns++)
        {
            await Task.Yield();
            end = await Inner.ChangesAsync(request with { After = FeedCursor.End }, cancellationToken);
        }

        return page with { Next = end.Next };
    }
}

/// <summary>Ends the feed before the latest commits, and shows them to whoever asks once more.</summary>
internal sealed class HoldsBackSilently(IStore inner) : DelegatingStore(inner)
{
    private readonly ConcurrentDictionary<FeedCursor, bool> ended = [];

    public override async ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default)
    {
        var page = await Inner.ChangesAsync(request, cancellationToken);
        if (page.HasMore || page.Changes.Count < 2 || ended.ContainsKey(request.After))
        {
            return page;
        }

        var early = await Inner.ChangesAsync(request with { Limit = 1 }, cancellationToken);
        return ended.TryAdd(early.Next, true) ? early with { HasMore = false } : page;
    }
}

/// <summary>Cuts a page at its limit, whatever the commits.</summary>
internal sealed class SplitsCommits(IStore inner) : DelegatingStore(inner)
{
    private readonly ConcurrentDictionary<string, (List<StoreRecord> Changes, FeedCursor Next)> cut = [];

    public override async ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default)
    {
        if (request.After.Text is { } text && cut.TryGetValue(text, out var left))
        {
            return new ChangePage(left.Changes, left.Next, HasMore: true);
        }

        var page = await Inner.ChangesAsync(request, cancellationToken);
        if (page.Changes.Count <= request.Limit || request.Limit < 1)
        {
            return page;
        }

        var cursor = $"cut{cut.Count}";
        cut[cursor] = ([.. page.Changes.Skip(request.Limit)], page.Next);
        return new ChangePage([.. page.Changes.Take(request.Limit)], new FeedCursor(cursor), HasMore: true);
    }
}

/// <summary>Brings the first change of a page once more at its end.</summary>
internal sealed class RepeatsChanges(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default)
    {
        var page = await Inner.ChangesAsync(request, cancellationToken);
        return page with { Changes = [.. page.Changes, .. page.Changes.Take(1)] };
    }
}

/// <summary>Says nothing of deletions.</summary>
internal sealed class HidesDeletions(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default)
    {
        var page = await Inner.ChangesAsync(request, cancellationToken);
        return page with { Changes = [.. page.Changes.Where(static change => !change.IsDeleted)] };
    }
}

/// <summary>Brings followers their own echoes.</summary>
internal sealed class IgnoresOrigins(IStore inner) : DelegatingStore(inner)
{
    public override ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default) =>
        Inner.ChangesAsync(request is null ? null! : request with { ExceptOrigin = null }, cancellationToken);
}

/// <summary>Starts again without a word where the feed cannot go on.</summary>
internal sealed class HidesExpiredCursors(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Inner.ChangesAsync(request, cancellationToken);
        }
        catch (CursorExpiredException)
        {
            return await Inner.ChangesAsync(request with { After = FeedCursor.Beginning }, cancellationToken);
        }
    }
}

/// <summary>Waits for the next commit, though the one waited for is already there.</summary>
internal sealed class MissesTheWakeUp(IStore inner) : DelegatingStore(inner)
{
    public override ValueTask WaitAsync(FeedCursor after, CancellationToken cancellationToken = default) =>
        Inner.WaitAsync(FeedCursor.End, cancellationToken);
}

/// <summary>Forgets what expired, and tells no follower.</summary>
internal sealed class SweepsWithoutTombstones(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<MaintenanceReport> MaintainAsync(
        MaintenanceRequest request, CancellationToken cancellationToken = default)
    {
        var report = await Inner.MaintainAsync(request, cancellationToken);
        if (request.Kind == MaintenanceKind.Expire)
        {
            _ = await Inner.MaintainAsync(request with { Kind = MaintenanceKind.Compact }, cancellationToken);
        }

        return report;
    }
}
