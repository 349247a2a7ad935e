using System.Security.Cryptography;

namespace Undercroft.Blobs;

/// <summary>Reads blobs part by part, and holds each part to its name.</summary>
internal sealed class BlobVerifier(IStore store, BlobStore blobs, IProgress<long>? progress)
{
    // What is known to be good is not read again, up to this many chunks and as many lists of less than 100 bytes
    // each. A list stands for all that is in it: chunks do not take the places of lists.
    private const int KnownMax = 50_000;

    private readonly HashSet<BlobNode> knownChunks = [];
    private readonly HashSet<BlobNode> knownLists = [];
    private readonly List<BlobProblem> problems = [];
    private long count;
    private long chunks;
    private long bytes;

    public async ValueTask<BlobVerifyReport> RunAsync(string? name, CancellationToken cancellationToken)
    {
        if (name is null)
        {
            await AllAsync(cancellationToken).ConfigureAwait(false);
        }
        else if (await TryGetAsync(name, cancellationToken).ConfigureAwait(false) is { } info)
        {
            await TryAsync(info, isWhole: true, cancellationToken).ConfigureAwait(false);
        }

        return new BlobVerifyReport(count, chunks, bytes, problems);
    }

    private async ValueTask AllAsync(CancellationToken cancellationToken)
    {
        var request = new ScanRequest { Collection = BlobKeys.Blobs, Detail = RecordDetail.Keys };
        while (problems.Count < BlobVerifyReport.ProblemsMax)
        {
            var page = await store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                if (await TryGetAsync(item.Record.Key.Id, cancellationToken).ConfigureAwait(false) is { } info)
                {
                    await TryAsync(info, isWhole: false, cancellationToken).ConfigureAwait(false);
                }
            }

            if (page.Next is null)
            {
                return;
            }

            request = request with { After = page.Next };
        }
    }

    private async ValueTask<BlobInfo?> TryGetAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await blobs.GetAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException error) when (IsDamage(error))
        {
            count++;
            Note(name, error);
            return null;
        }
    }

    private async ValueTask TryAsync(BlobInfo info, bool isWhole, CancellationToken cancellationToken)
    {
        count++;
        try
        {
            if (isWhole)
            {
                await WholeAsync(info, cancellationToken).ConfigureAwait(false);
            }
            else if (info.Root is { } root)
            {
                await WalkAsync(blobs.ReaderOf(info, isThorough: true), root, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (StoreException error) when (IsDamage(error))
        {
            Note(info.Name, error);
        }
        catch (StoreException error) when (error.Kind == StoreErrorKind.Conflict)
        {
            // Deleted or replaced meanwhile: there is nothing left that could be wrong.
            count--;
        }
    }

    /// <summary>Reads one blob as its readers do, and hashes all of it.</summary>
    private async ValueTask WholeAsync(BlobInfo info, CancellationToken cancellationToken)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (info.Root is { } root)
        {
            var parts = blobs.ReaderOf(info, isThorough: true);
            var ahead = new ReadAhead(parts, new ChunkWalk(parts, [root]), info.Length);
            await using var _ = ahead.ConfigureAwait(false);
            while (await ahead.NextAsync(cancellationToken).ConfigureAwait(false) is { } read)
            {
                foreach (var chunk in read)
                {
                    whole.AppendData(chunk.Span);
                    Count(chunk.Length);
                }
            }
        }

        var found = Convert.ToHexStringLower(whole.GetHashAndReset());
        if (found != info.Sha256)
        {
            throw BlobErrors.WrongTotal(info.Name, info.Sha256, found);
        }
    }

    private async ValueTask WalkAsync(PartReader parts, BlobNode node, CancellationToken cancellationToken)
    {
        var known = node.Level == 0 ? knownChunks : knownLists;
        if (known.Contains(node))
        {
            return;
        }

        if (node.Level == 0)
        {
            var chunk = await parts.ReadAsync(node, cancellationToken).ConfigureAwait(false);
            Count(chunk.Length);
        }
        else
        {
            foreach (var part in await parts.ListAsync(node, cancellationToken).ConfigureAwait(false))
            {
                await WalkAsync(parts, part, cancellationToken).ConfigureAwait(false);
            }
        }

        if (known.Count < KnownMax)
        {
            _ = known.Add(node);
        }
    }

    private void Count(int length)
    {
        chunks++;
        bytes += length;
        progress?.Report(bytes);
    }

    private void Note(string name, StoreException error)
    {
        if (problems.Count < BlobVerifyReport.ProblemsMax)
        {
            problems.Add(new BlobProblem(name, error.Message));
        }
    }

    private static bool IsDamage(StoreException error) =>
        error.Kind is StoreErrorKind.Corrupt or StoreErrorKind.Malformed;
}
