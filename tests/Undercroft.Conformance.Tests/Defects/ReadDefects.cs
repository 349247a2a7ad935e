using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Undercroft.Layers;

namespace Undercroft.Conformance.Tests.Defects;

/// <summary>Reads several keys one after the other.</summary>
internal sealed class ReadsOneByOne(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
    {
        if (keys.Count < 2 || options.Known is not null)
        {
            return await Inner.ReadAsync(keys, options, cancellationToken);
        }

        var found = new StoreRecord?[keys.Count];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = (await Inner.ReadAsync(keys[i], options, cancellationToken))[0];
            await Task.Yield();
        }

        return new ReadResult(found);
    }
}

/// <summary>Reads whatever is said of the revisions known.</summary>
internal sealed class TakesAnyNumberOfKnown(IStore inner) : DelegatingStore(inner)
{
    public override ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default) =>
        Inner.ReadAsync(
            keys, options.Known?.Count == keys.Count ? options : options with { Known = null }, cancellationToken);
}

/// <summary>Keeps an origin that is no valid Unicode as something else.</summary>
internal sealed class MendsHalfCharacters(IStore inner) : DelegatingStore(inner)
{
    public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default) =>
        Inner.CommitAsync(
            new Commit(commit.Operations)
            {
                Durability = commit.Durability,
                Identity = commit.Identity,
                Now = commit.Now,
                Origin = commit.Origin is { } text ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : null,
            },
            cancellationToken);
}

/// <summary>Answers a second read out of a cache that no write reaches.</summary>
internal sealed class ReadsFromAStaleCache(IStore inner) : DelegatingStore(inner)
{
    private readonly ConcurrentDictionary<RecordKey, StoreRecord> cache = [];

    public override async ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
    {
        if (keys.Count != 1 || options != default)
        {
            return await Inner.ReadAsync(keys, options, cancellationToken);
        }

        if (!cache.TryGetValue(keys[0], out var record) &&
            (await Inner.ReadAsync(keys, options, cancellationToken))[0] is { } found)
        {
            cache[keys[0]] = record = found;
        }

        return new ReadResult(record);
    }
}

/// <summary>Scans ids in the order of UTF-16.</summary>
internal sealed class ScansInUtf16Order(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<ScanPage> ScanAsync(
        ScanRequest request, CancellationToken cancellationToken = default)
    {
        if (request.Range.Index is not null || request.Limit < 1)
        {
            return await Inner.ScanAsync(request, cancellationToken);
        }

        var all = await Inner.ScanAsync(request with { Limit = int.MaxValue, After = null }, cancellationToken);
        var sign = request.IsReverse ? -1 : 1;
        var ordered = all.Items
            .Order(Comparer<ScanItem>.Create((a, b) => sign * string.CompareOrdinal(a.Record.Key.Id, b.Record.Key.Id)))
            .Where(item => request.After is null ||
                sign * string.CompareOrdinal(item.Record.Key.Id, request.After.Id) > 0)
            .ToList();
        var page = ordered.Take(request.Limit).ToList();
        return new ScanPage(
            page, page.Count < ordered.Count ? new ScanPosition(default, page[^1].Record.Key.Id) : null);
    }
}

/// <summary>Goes on from a number of items, not from an item.</summary>
internal sealed class PagesByOffset(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<ScanPage> ScanAsync(
        ScanRequest request, CancellationToken cancellationToken = default)
    {
        var all = await Inner.ScanAsync(
            request with { Limit = request.Limit < 1 ? request.Limit : int.MaxValue, After = null }, cancellationToken);
        _ = int.TryParse(request.After?.Id, CultureInfo.InvariantCulture, out var offset);
        var page = all.Items.Skip(offset).Take(request.Limit).ToList();
        var next = offset + page.Count;
        return new ScanPage(
            page,
            next < all.Items.Count ? new ScanPosition(default, next.ToString(CultureInfo.InvariantCulture)) : null);
    }
}

/// <summary>Goes on living after its end.</summary>
internal sealed class SurvivesItsEnd(IStore inner) : DelegatingStore(inner)
{
    [SuppressMessage("Usage", "CA2215", Justification = "This is the defect.")]
    public override ValueTask DisposeAsync() => default;
}

/// <summary>Does what a cancelled caller no longer wants.</summary>
internal sealed class IgnoresCancellation(IStore inner) : DelegatingStore(inner)
{
    public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default) =>
        Inner.CommitAsync(commit, CancellationToken.None);
}
