using Undercroft.Backends;
using Undercroft.Files.Disk;
using Undercroft.Files.Index;
using Undercroft.Files.Journal;
using Undercroft.Files.Opening;
using Undercroft.Files.State;
using Undercroft.Files.Values;

namespace Undercroft.Files.Tree;

/// <summary>Copies a store to a new folder, as of one instant, while others go on writing.</summary>
/// <remarks>Most is copied while the tree moves; then, with the tree still, what has changed since is copied again.
/// Commits go on all the time: the journal takes them.</remarks>
internal sealed class Backup(StoreCore core, OpenStore? open)
{
    private readonly Dictionary<RecordKey, FileMark> copied = [];

    public async Task<MaintenanceReport> RunAsync(MaintenanceRequest request, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(request.Target, nameof(request));
        var target = new TreePaths(Path.GetFullPath(request.Target));
        if (core.Files.Stat(target.Root) is not null)
        {
            throw FileErrors.Refuse(
                StoreErrorKind.InUse, target.Root, "there is something already",
                "Name a folder that does not exist yet.");
        }

        if (target.Root.StartsWith(core.Paths.Root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw FileErrors.Refuse(
                StoreErrorKind.InUse, target.Root, "it lies in the folder of the store itself",
                "Name a folder outside of it.");
        }

        try
        {
            core.Files.CreateDirectory(target.Temp);
            Copy(core.State, target, request, mayMiss: true, cancellationToken);
            return open is null
                ? Finish(core.State, target, request, cancellationToken)
                : await open.Worker.AskAsync(
                    worker =>
                    {
                        worker.Checkpoint();
                        return Finish(core.State, target, request, cancellationToken);
                    },
                    cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            core.Files.DeleteDirectory(target.Root);
            throw;
        }
    }

    private MaintenanceReport Finish(
        StoreState state, TreePaths target, MaintenanceRequest request, CancellationToken cancellationToken)
    {
        foreach (var (key, mark) in copied.ToList())
        {
            if (StoredValue.Of(state.Table.Find(key))?.Mark != mark)
            {
                core.Files.Delete(target.FileOf(key, mark.Kind));
                _ = copied.Remove(key);
            }
        }

        Copy(state, target, request, mayMiss: false, cancellationToken);
        var copies = WithStampsOf(state, target);
        SyncTree(target);
        using var index = IndexLog.Create(core.Files, target, 1, copies);
        using var journal = FrameFile.Create(core.Files, target.Segment(1), isJournal: true, 1, state.History.Epoch);
        Head.Create(core.Files, target, new Head(1, index.Number, index.Length, 1, state.History.Epoch));
        core.Files.SyncDirectory(target.Root);
        core.Files.SyncDirectory(Path.GetDirectoryName(target.Root)!);
        return new MaintenanceReport
        {
            Examined = state.Table.Count,
            Changed = copied.Count,
            StoredBytes = index.Length + copied.Values.Sum(static mark => (long)mark.Length),
        };
    }

    private void Copy(
        StoreState state,
        TreePaths target,
        MaintenanceRequest request,
        bool mayMiss,
        CancellationToken cancellationToken)
    {
        var done = 0L;
        foreach (var record in state.Table.Records())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var value = StoredValue.Of(record)!;
            if (!copied.ContainsKey(record.Key))
            {
                if (core.Values.Load(record.Key, value) is { } bytes)
                {
                    Write(target, record.Key, value.Mark, bytes);
                }
                else if (!mayMiss)
                {
                    throw FileErrors.Changing(record.Key);
                }
            }

            if (++done % 64 == 0)
            {
                request.Progress?.Report((done, state.Table.Count));
            }
        }
    }

    private void Write(TreePaths target, RecordKey key, FileMark mark, byte[] bytes)
    {
        core.Files.CreateDirectory(target.DirectoryOf(key.Collection));
        using var file = core.Files.Open(target.FileOf(key, mark.Kind), OpenKind.Replace);
        file.Write(bytes, 0);
        _ = file.Settle();
        if (!core.Files.CanSyncAll)
        {
            file.Sync();
        }

        copied[key] = mark;
    }

    /// <summary>The state with values that know the copies' own files.</summary>
    private StoreState WithStampsOf(StoreState state, TreePaths target)
    {
        var records = state.Table.Records().Select(record =>
        {
            var mark = StoredValue.Of(record)!.Mark;
            var stamp = core.Files.Stat(target.FileOf(record.Key, mark.Kind)) ?? throw new FileNotFoundException(
                $"The copy of {Names.Show(record.Key.ToString())} has vanished.");
            return RecordShape.WithValue(record, new StoredValue(mark, stamp.WrittenAt).Memory);
        });
        var writes = records.Concat(state.Table.Tombstones())
            .Select(static record => new PlannedWrite(null, record)).ToList();
        return state with { Table = RecordTable.Empty.With(writes) };
    }

    private void SyncTree(TreePaths target)
    {
        if (core.Files.CanSyncAll)
        {
            core.Files.SyncAll(target.Root);
            return;
        }

        foreach (var item in core.Files.List(target.Root))
        {
            core.Files.SyncDirectory(Path.Combine(target.Root, item.Name));
        }
    }
}
