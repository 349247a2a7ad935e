using System.Diagnostics;
using System.Globalization;
using Undercroft.Files.Disk;
using Undercroft.Files.Index;
using Undercroft.Files.Journal;
using Undercroft.Files.State;
using Undercroft.Files.Tree;
using Undercroft.Files.Writing;

namespace Undercroft.Files.Opening;

/// <summary>Opens a store for writing, step by step: the folder, the lock, index and journal, the tree, the threads.
/// </summary>
internal sealed class StoreOpening(IFileSystem files, FileStoreOptions options, TimeProvider time)
{
    private readonly TreePaths paths = new(Path.GetFullPath(options.Directory));

    /// <summary>Opens the store.</summary>
    /// <returns>Its parts, at work.</returns>
    public async Task<OpenStore> OpenAsync(CancellationToken cancellationToken)
    {
        PrepareFolder(files, paths, options);
        var held = TakeLock();
        OpenStore? open = null;
        try
        {
            open = Build(held);
            open.Writer.Start();
            await TakeEditsAsync(open, cancellationToken).ConfigureAwait(false);
            open.Worker.Start();
            return open;
        }
        catch
        {
            if (open is null)
            {
                held.Dispose();
            }
            else
            {
                await open.AbandonAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Refuses what is no folder, no store, or somebody else's folder.</summary>
    public static void PrepareFolder(IFileSystem files, TreePaths paths, FileStoreOptions options)
    {
        var root = files.Stat(paths.Root, follows: true);
        if (root is { Kind: not FileKind.Directory })
        {
            throw FileErrors.Refuse(
                StoreErrorKind.Corrupt,
                paths.Root, root.Value.Kind == FileKind.File ? "it is a file" : "it is no folder", "Name a folder.");
        }

        if (files.Stat(paths.Inner) is not null)
        {
            RequireDirectory(files, paths.Inner);
            RequireDirectory(files, paths.Temp);
            RequireDirectory(files, paths.Quarantine);
            return;
        }

        if (options.ReadOnly)
        {
            throw FileErrors.Refuse(
                StoreErrorKind.Unavailable, paths.Root, "there is none",
                "Check the path, or open it for writing to begin a store there.");
        }

        if (!options.AdoptExisting &&
            files.List(paths.Root).Select(static item => item.Name).Order(StringComparer.Ordinal)
                .FirstOrDefault(static name => !name.StartsWith('.')) is { } foreign)
        {
            throw FileErrors.Refuse(
                StoreErrorKind.Corrupt, paths.Root, $"the folder holds {Names.Show(foreign)} and no store",
                "Name an empty folder; or set AdoptExisting (?adopt=true) to make its .json and .bin files records.");
        }

        try
        {
            LastingFolder.Make(files, paths.Root);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            // The file system there takes none, as /proc.
            throw FileErrors.Refuse(
                StoreErrorKind.Unavailable, paths.Root, "no folder can be made there", "Check the path.");
        }
    }

    // What stands there in its stead may be a link that leads out of the store.
    private static void RequireDirectory(IFileSystem files, string path)
    {
        if (files.Stat(path) is { Kind: not FileKind.Directory and var found })
        {
            throw new StrangeFileException(path, "a folder of the store", found);
        }
    }

    private IDisposable TakeLock()
    {
        if (files.Stat(paths.Inner) is null)
        {
            files.CreateDirectory(paths.Inner);
        }

        // Also where it is there: a process that was killed may have made it, and not have synced that.
        files.SyncDirectory(paths.Root);
        var held = files.TryLock(paths.Lock) ?? throw FileErrors.Refuse(
            StoreErrorKind.InUse, paths.Root, $"{ReadHolder()} has it open for writing",
            "Close it there first, or open it with ReadOnly (?mode=ro).");
        try
        {
            using var file = files.Open(paths.Holder, OpenKind.Replace);
            file.Write(System.Text.Encoding.UTF8.GetBytes(DescribeHolder()), 0);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private string ReadHolder() =>
        Values.ValueReader.ReadFile(files, paths.Holder) is { Length: > 0 and < 1024 } bytes
            ? System.Text.Encoding.UTF8.GetString(bytes).Trim()
            : "another process";

    private static string DescribeHolder()
    {
        using var process = Process.GetCurrentProcess();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"process {Environment.ProcessId} on {Names.Show(Environment.MachineName)}, started " +
            $"{process.StartTime.ToUniversalTime():yyyy-MM-dd HH:mm:ss'Z'}");
    }

    private OpenStore Build(IDisposable held)
    {
        var lanes = new LaneLimits(options.Limits.ReplaysKept, options.ReplayLanesMax, options.Limits.ReplaysKeptFor);
        var loaded = new StoreLoader(files, paths, lanes).Load(Guid.CreateVersion7(time.GetUtcNow()));
        var state = loaded.State;
        var isNew = loaded.IsNew;
        if (loaded.Head is null && !isNew)
        {
            // Nobody knows how far revisions had come: begin above all that could have been given, one for each
            // millisecond since 1970.
            state = state with { Sequence = Math.Max(state.Sequence, time.GetUtcNow().ToUnixTimeMilliseconds()) };
        }

        SettleHead(loaded);
        SettleJournal(loaded);
        var core = new StoreCore(files, paths, options, time, state);
        if (loaded.Head is null && !isNew)
        {
            core.Notices.Add(
                $"The index of {Names.Show(paths.Root)} was lost and is built anew from the files, in a new epoch: " +
                "times, meta and index entries of records that were not in the journal are gone.");
        }

        new TempSweep(core, loaded).Run();
        var reconciliation = new Reconciliation(core, loaded with { State = state });
        reconciliation.Run();

        return Begin(core, loaded, reconciliation, held);
    }

    private OpenStore Begin(StoreCore core, LoadedStore loaded, Reconciliation reconciliation, IDisposable held)
    {
        // A segment without commits is begun anew: opening a store leaves nothing behind.
        var state = core.State;
        var first = loaded.Head?.Segment ?? loaded.Journal.Select(static segment => segment.Number).FirstOrDefault(1);
        var last = loaded.Journal.Where(static segment => segment.End > FrameHeader.Size)
            .Select(static segment => segment.Number).DefaultIfEmpty(first - 1).Max();
        var journal = FrameFile.Create(files, paths.Segment(last + 1), isJournal: true, last + 1, state.History.Epoch);
        try
        {
            if (state.Sequence != loaded.State.Sequence)
            {
                var buffer = new FrameBuffer();
                var clock = core.Clock.Now().UtcTicks;
                ItemForm.Write(buffer, new JournalItem
                {
                    Sequence = state.Sequence,
                    Clock = clock,
                    Ahead = core.Clock.Ahead.Ticks,
                });
                journal.Append(buffer);
                journal.Sync();
            }

            var (index, head) = OpenIndex(loaded, state, journal.Number);
            return new OpenStore(core, journal, index, head, reconciliation, held);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    // The next checkpoint writes over the other slot. Were the one that was read not on the disk, a power cut could
    // take both, and leave a head whose segments are deleted.
    private void SettleHead(LoadedStore loaded)
    {
        if (loaded.Head is not null)
        {
            using var file = files.Open(paths.Head, OpenKind.Change);
            file.Sync();
        }
    }

    // What was read of the journal is about to be seen, built upon and put into the tree: it must last like what
    // follows it. A process that was killed may not have synced it.
    private void SettleJournal(LoadedStore loaded)
    {
        // One that was only begun is begun anew when its turn comes.
        foreach (var segment in loaded.Journal.Where(static segment => segment.End > 0))
        {
            using var file = files.Open(segment.Path, OpenKind.Change);
            if (segment.IsTorn)
            {
                file.Truncate(segment.End);
            }

            file.Sync();
        }
    }

    private (IndexLog Index, Head Head) OpenIndex(LoadedStore loaded, StoreState state, long newSegment)
    {
        if (loaded is { Head: { } head, Index: { } header })
        {
            return (
                IndexLog.Continue(files, paths, header, head.IndexLength, loaded.FreshLength, state.Lanes), head);
        }

        // The journal found, if any, is still to be read after a crash: it comes on top of an empty index.
        var number = files.List(paths.Inner)
            .Select(static item => TreePaths.IndexNumber(item.Name)).DefaultIfEmpty().Max();
        var empty = StoreState.Empty(state.History.Epoch);
        var index = IndexLog.Create(files, paths, Math.Max(0, number) + 1, empty);
        var first = loaded.Journal.Count > 0 && loaded.Journal[0].End > 0 ? loaded.Journal[0].Number : newSegment;
        var begun = new Head(1, index.Number, index.Length, first, state.History.Epoch);
        Head.Create(files, paths, begun);
        return (index, begun);
    }

    private static async Task TakeEditsAsync(OpenStore open, CancellationToken cancellationToken)
    {
        _ = await open.Edits.SubmitAsync(open.Found).ConfigureAwait(false);
        TreeLook look;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            look = open.Edits.Look(acceptsDeletions: false);
            _ = await open.Edits.SubmitAsync(look.Edits).ConfigureAwait(false);
        }
        while (look.HasMore);
    }
}
