using Undercroft.Files.Disk;
using Undercroft.Files.Index;
using Undercroft.Files.Journal;
using Undercroft.Files.State;
using Undercroft.Files.Tree;
using Undercroft.Files.Values;

namespace Undercroft.Files.Opening;

/// <summary>Reads head, index and journal. Changes nothing.</summary>
/// <remarks>A tail that was cut off by a crash is left out. A bad record with good ones behind it is no tail: then the
/// store is not opened.</remarks>
internal sealed class StoreLoader(IFileSystem files, TreePaths paths, LaneLimits lanes)
{
    private const string DamagedJournal =
        "Restore the store from a backup; or move that file away to go on without the commits it holds from there on.";

    private const string DamagedIndex =
        "Restore the store from a backup; or delete 'head' beside it to have the index built anew from the files, " +
        "without times, meta and index entries.";

    private readonly Dictionary<RecordKey, JournalTrace> traces = [];
    private readonly List<LoadedSegment> segments = [];
    private readonly ItemForm items = new();

    // Where the index was lost, the journal begins wherever it begins.
    private bool isAnchored = true;
    private long freshLength;

    /// <summary>Reads a store.</summary>
    /// <param name="epoch">The epoch to begin with where the index was lost.</param>
    public LoadedStore Load(Guid epoch)
    {
        var head = ReadHead();
        FrameHeader? index = null;
        var state = StoreState.Empty(epoch);
        if (head is { } found && files.Stat(paths.Index(found.Index)) is not null)
        {
            (state, index) = ReadIndex(found);
        }
        else
        {
            head = null;
            isAnchored = false;
        }

        state = ReadJournal(state, head);
        var isNew = head is null && state.Sequence == 0 && segments.TrueForAll(static segment => segment.Number <= 1) &&
            !files.List(paths.Inner).Any(item => TreePaths.IndexNumber(item.Name) >= 0 && !IsBlankIndex(item.Name));
        return new LoadedStore(state, head, index, isNew, freshLength, traces, segments);
    }

    /// <summary>The numbers of the journal's segments from one on, in order.</summary>
    public static List<long> SegmentsFrom(IFileSystem files, TreePaths paths, long first) =>
        [.. files.List(paths.Inner)
            .Select(static item => TreePaths.SegmentNumber(item.Name))
            .Where(number => number >= first)
            .Order()];

    private Head? ReadHead()
    {
        if (files.Stat(paths.Head) is null)
        {
            return null;
        }

        return Head.Read(files, paths) ?? throw FileErrors.Damaged(
            paths, paths.Head, 0, "holds no whole head",
            "Restore the store from a backup; or delete the file to have the index built anew from the files, " +
            "without times, meta and index entries.");
    }

    private (StoreState State, FrameHeader Header) ReadIndex(Head head)
    {
        var path = paths.Index(head.Index);
        using var scan = FrameScan.Open(files, path, head.IndexLength);
        if (scan.Header is not { IsJournal: false } header || header.Epoch != head.Epoch)
        {
            throw FileErrors.Damaged(paths, path, 0, "does not begin as the index of this store", DamagedIndex);
        }

        var read = new IndexState();
        var records = new RecordForm();
        while (scan.Position < head.IndexLength)
        {
            var at = scan.Position;
            if (scan.Next() is not { } payload)
            {
                throw FileErrors.Damaged(paths, path, at, "holds no whole entry", DamagedIndex);
            }

            try
            {
                IndexForm.Read(payload, records, read);
            }
            catch (InvalidDataException error)
            {
                throw FileErrors.Damaged(paths, path, at, $"cannot be understood: {error.Message}", DamagedIndex);
            }
        }

        freshLength = (long)(head.IndexLength * (double)read.Records.Count / Math.Max(1, read.Entries));
        return (read.ToState(head.Epoch), header);
    }

    // The first opening of a store makes an empty index, then the head: it may have been killed between them.
    private bool IsBlankIndex(string name)
    {
        using var scan = FrameScan.Open(files, Path.Combine(paths.Inner, name));
        var read = new IndexState();
        try
        {
            while (scan.Next() is { } payload)
            {
                IndexForm.Read(payload, new RecordForm(), read);
            }
        }
        catch (InvalidDataException)
        {
            return false;
        }

        return read.Sequence == 0 && read.Records.Count == 0 && (scan.IsWhole || scan.EndsCutOff());
    }

    private StoreState ReadJournal(StoreState state, Head? head)
    {
        var numbers = SegmentsFrom(files, paths, head?.Segment ?? 0);
        var first = head?.Segment ?? numbers.FirstOrDefault();
        for (var i = 0; i < Math.Max(numbers.Count, head is null ? 0 : 1); i++)
        {
            if (i >= numbers.Count || numbers[i] != first + i)
            {
                throw FileErrors.Damaged(
                    paths, paths.Segment(first + i), 0, "is missing",
                    "Put it back, or restore the store from a backup.");
            }

            state = ReadSegment(state, numbers[i]);
        }

        return state;
    }

    private StoreState ReadSegment(StoreState state, long number)
    {
        var path = paths.Segment(number);
        using var scan = FrameScan.Open(files, path);
        var isFollowing = segments.Any(static segment => segment.IsTorn);
        while (scan.Position is var at && scan.Next() is { } payload)
        {
            if (isFollowing)
            {
                throw FileErrors.Damaged(paths, path, at, "goes on behind a segment that is cut off", DamagedJournal);
            }

            state = Replay(state, payload, scan.Header!.Value.Boot, path, at);
        }

        CheckEnd(scan, path, number);
        return state;
    }

    private StoreState Replay(StoreState state, byte[] payload, Guid boot, string path, long at)
    {
        try
        {
            foreach (var item in items.ReadAll(payload))
            {
                // Commits follow each other without a gap; what has no writes may leave one, after the index was lost.
                var isNext = item.Writes.Count == 0
                    ? item.Sequence >= state.Sequence
                    : item.Sequence == state.Sequence + 1 || !isAnchored;
                isAnchored = true;
                if (!isNext)
                {
                    throw new InvalidDataException($"commit r{item.Sequence} follows r{state.Sequence}.");
                }

                foreach (var write in item.Writes)
                {
                    Trace(write, boot);
                }

                state = state.Replay(item, lanes);
            }

            return state;
        }
        catch (InvalidDataException error)
        {
            throw FileErrors.Damaged(paths, path, at, $"cannot be understood: {error.Message}", DamagedJournal);
        }
    }

    private void Trace(JournalWrite write, Guid boot)
    {
        var key = write.After.Key;
        if (!traces.TryGetValue(key, out var trace))
        {
            traces[key] = trace = new JournalTrace { FirstBoot = boot };
            trace.Marks.Add(write.Before);
        }

        var value = StoredValue.Of(write.After);
        trace.Marks.Add(value?.Mark ?? default);
        if (value is not null)
        {
            trace.Values.Add(value);
        }

        trace.Boot = boot;
    }

    /// <summary>Tells a tail that a crash has cut off from damage.</summary>
    private void CheckEnd(FrameScan scan, string path, long number)
    {
        if (scan.IsWhole)
        {
            segments.Add(new LoadedSegment(number, path, scan.Position, IsTorn: false));
            return;
        }

        // While the system runs on it forgets nothing it was given: a kill leaves the beginning of a frame, no more.
        // After a power cut any byte that was not synced may be missing, but none that was.
        var isSameBoot = scan.Header is { } header && header.Boot == files.BootId && files.BootId != Guid.Empty;
        var isTorn = scan.EndsCutOff() || (!isSameBoot && scan.Header is not null && !scan.IsSyncedBehindDamage());
        if (!isTorn)
        {
            throw FileErrors.Damaged(
                paths, path, scan.Header is null ? 0 : scan.Position,
                "holds a damaged record, and not as a crash leaves one", DamagedJournal);
        }

        segments.Add(new LoadedSegment(number, path, scan.Header is null ? 0 : scan.Position, IsTorn: true));
    }
}
