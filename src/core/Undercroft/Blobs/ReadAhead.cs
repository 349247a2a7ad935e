using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Undercroft.Blobs;

/// <summary>Reads chunks ahead of who wants them: fetching them, checking them and using them go on at the same time.
/// </summary>
internal sealed class ReadAhead : IAsyncDisposable
{
    // What is fetched at once: few round trips, and no more memory than a few of these.
    private const int GroupBytes = 2 * 1024 * 1024;

    private readonly CancellationTokenSource ending = new();
    private readonly Channel<Group> fetched = Channel.CreateBounded<Group>(1);
    private readonly Channel<Group> ready = Channel.CreateBounded<Group>(1);
    private readonly PartReader parts;
    private readonly Task work;

    /// <summary>Begins to read.</summary>
    /// <param name="parts">Reads the chunks.</param>
    /// <param name="walk">Stands before the first chunk wanted; it belongs to this from now on.</param>
    /// <param name="end">Chunks that begin here or later are not wanted.</param>
    public ReadAhead(PartReader parts, ChunkWalk walk, long end)
    {
        this.parts = parts;
        work = Task.WhenAll(
            StageAsync(() => FetchAsync(walk, end), fetched.Writer), StageAsync(CheckAllAsync, ready.Writer));
    }

    /// <summary>Takes the next chunks, in order.</summary>
    /// <returns>Their bytes; null at the end.</returns>
    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await ready.Reader.ReadAsync(cancellationToken).ConfigureAwait(false)).Bytes;
        }
        catch (ChannelClosedException closed)
        {
            if (closed.InnerException is { } fault)
            {
                ExceptionDispatchInfo.Throw(fault);
            }

            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync().ConfigureAwait(false);
        await work.ConfigureAwait(false);
        ending.Dispose();
    }

    /// <summary>Ends the reading without waiting for it.</summary>
    public void Cancel() => ending.Cancel();

    private static async Task StageAsync(Func<ValueTask> stage, ChannelWriter<Group> next)
    {
        // Off the caller's thread at once: a store may do all its work before it first yields.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Exception? fault = null;
        try
        {
            await stage().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            fault = error;
        }

        _ = next.TryComplete(fault);
    }

    private async ValueTask FetchAsync(ChunkWalk walk, long end)
    {
        while (walk.Start < end)
        {
            var nodes = new List<BlobNode>();
            for (var bytes = 0L; bytes < GroupBytes && nodes.Count < parts.PartsMax && walk.Start < end;)
            {
                if (await walk.NextAsync(ending.Token).ConfigureAwait(false) is not { } node)
                {
                    break;
                }

                nodes.Add(node);
                bytes += node.Length;
            }

            if (nodes.Count == 0)
            {
                return;
            }

            var group = new Group(nodes, await parts.FetchAsync(nodes, ending.Token).ConfigureAwait(false));
            if (!fetched.Writer.TryWrite(group))
            {
                // Checking takes longer than fetching: then both do it.
                await CheckAsync(group).ConfigureAwait(false);
                await fetched.Writer.WriteAsync(group, ending.Token).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask CheckAllAsync()
    {
        await foreach (var group in fetched.Reader.ReadAllAsync(ending.Token).ConfigureAwait(false))
        {
            await CheckAsync(group).ConfigureAwait(false);
            await ready.Writer.WriteAsync(group, ending.Token).ConfigureAwait(false);
        }
    }

    private async ValueTask CheckAsync(Group group)
    {
        for (var i = group.Bytes.Count; i < group.Nodes.Count; i++)
        {
            var bytes = await parts.CheckAsync(group.Nodes[i], group.Records[i], ending.Token).ConfigureAwait(false);
            group.Bytes.Add(bytes);
        }
    }

    private sealed record Group(IReadOnlyList<BlobNode> Nodes, ReadResult Records)
    {
        public List<ReadOnlyMemory<byte>> Bytes { get; } = new(Nodes.Count);
    }
}
