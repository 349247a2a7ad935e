using Undercroft.Files.Disk;
using Undercroft.Files.Journal;
using Undercroft.Files.State;
using Undercroft.Files.Tree;

namespace Undercroft.Files.Index;

/// <summary>The index file that counts: each checkpoint appends what has changed; once more than half of it is history,
/// it is written anew. So its cost per commit does not grow with the store.</summary>
internal sealed class IndexLog : IDisposable
{
    private const int FrameBytes = 1024 * 1024;
    private const int SlackBytes = 1024 * 1024;

    private readonly IFileSystem files;
    private readonly TreePaths paths;
    private readonly Guid epoch;
    private readonly FrameBuffer buffer = new();
    private FrameFile file;
    private LaneTable savedLanes;
    private long freshLength;

    private IndexLog(IFileSystem files, TreePaths paths, Guid epoch, FrameFile file, LaneTable lanes)
    {
        this.files = files;
        this.paths = paths;
        this.epoch = epoch;
        this.file = file;
        savedLanes = lanes;
        freshLength = file.Length;
    }

    public long Number => file.Number;

    public long Length => file.Length;

    /// <summary>Whether most of the file is history.</summary>
    public bool IsStale => file.Length > (2 * freshLength) + SlackBytes;

    /// <summary>Writes a whole state to a new file. When this returns it is on the disk; the head has to name it.
    /// </summary>
    public static IndexLog Create(IFileSystem files, TreePaths paths, long number, StoreState state)
    {
        var epoch = state.History.Epoch;
        var file = FrameFile.Create(files, paths.Index(number), isJournal: false, number, epoch);
        try
        {
            var log = new IndexLog(files, paths, epoch, file, state.Lanes);
            log.WriteAll(file, state);
            log.freshLength = file.Length;
            return log;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with the file a head names.</summary>
    public static IndexLog Continue(
        IFileSystem files, TreePaths paths, FrameHeader header, long length, long freshLength, LaneTable lanes)
    {
        var file = FrameFile.Continue(files, paths.Index(header.Number), header, length);
        return new IndexLog(files, paths, header.Epoch, file, lanes) { freshLength = freshLength };
    }

    /// <summary>Appends what has changed. When this returns it is on the disk; the head has to count it.</summary>
    /// <param name="changes">What was written and forgotten since the last time.</param>
    /// <param name="state">The state after that.</param>
    public void Append(DirtySet changes, StoreState state)
    {
        buffer.Cut(0);
        foreach (var change in changes.Records.Values)
        {
            if (change.IsForgotten)
            {
                IndexForm.Forgotten(buffer, change.Latest.Key);
            }
            else
            {
                IndexForm.Record(buffer, change.Latest);
            }

            AppendIfFull(file);
        }

        WriteLanes(state.Lanes);
        IndexForm.Facts(buffer, state);
        file.Append(buffer);
        file.Sync();
        savedLanes = state.Lanes;
    }

    /// <summary>Writes a whole state to the next file. When this returns it is on the disk; the head has to name it.
    /// </summary>
    public void Rewrite(StoreState state)
    {
        var next = FrameFile.Create(files, paths.Index(file.Number + 1), isJournal: false, file.Number + 1, epoch);
        try
        {
            WriteAll(next, state);
        }
        catch
        {
            next.Dispose();
            throw;
        }

        file.Dispose();
        file = next;
        freshLength = next.Length;
        savedLanes = state.Lanes;
    }

    public void Dispose() => file.Dispose();

    private void WriteAll(FrameFile target, StoreState state)
    {
        buffer.Cut(0);
        foreach (var record in state.Table.Records().Concat(state.Table.Tombstones()))
        {
            IndexForm.Record(buffer, record);
            AppendIfFull(target);
        }

        foreach (var (client, row) in state.Lanes.Rows)
        {
            IndexForm.Lane(buffer, client, row);
            AppendIfFull(target);
        }

        IndexForm.Facts(buffer, state);
        target.Append(buffer);
        target.Sync();
        buffer.Cut(0);
    }

    private void WriteLanes(LaneTable lanes)
    {
        if (ReferenceEquals(lanes, savedLanes))
        {
            return;
        }

        foreach (var (client, row) in lanes.Rows)
        {
            if (!savedLanes.Rows.TryGetValue(client, out var saved) || !ReferenceEquals(saved, row))
            {
                IndexForm.Lane(buffer, client, row);
            }
        }

        foreach (var client in savedLanes.Rows.Keys)
        {
            if (!lanes.Rows.ContainsKey(client))
            {
                IndexForm.Lane(buffer, client, null);
            }
        }
    }

    private void AppendIfFull(FrameFile target)
    {
        if (buffer.Length >= FrameBytes)
        {
            target.Append(buffer);
            buffer.Cut(0);
        }
    }
}
