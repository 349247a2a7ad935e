using Undercroft.Backends;
using Undercroft.Files.Disk;
using Undercroft.Files.Opening;
using Undercroft.Files.State;
using Undercroft.Files.Values;
using Undercroft.Files.Writing;

namespace Undercroft.Files.Tree;

/// <summary>The maintenance of a store.</summary>
internal sealed class Upkeep(StoreCore core, OpenStore? open, StoreInfo info)
{
    private const int ProgressEvery = 256;

    public async ValueTask<MaintenanceReport> RunAsync(
        MaintenanceRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return request.Kind switch
            {
                MaintenanceKind.Expire => await SweepAsync(request, now, cancellationToken).ConfigureAwait(false),
                MaintenanceKind.Compact => await CompactAsync(request, now, cancellationToken).ConfigureAwait(false),
                MaintenanceKind.Verify => Verify(request, cancellationToken),
                MaintenanceKind.Measure => TableReport.Measure(
                    core.State.Table, now, static record => record.Value.Length) with { StoredBytes = StoredBytes() },
                MaintenanceKind.Backup => await new Backup(core, open).RunAsync(request, cancellationToken)
                    .ConfigureAwait(false),
                _ => throw new ArgumentOutOfRangeException(
                    nameof(request), request.Kind, "There is no such maintenance."),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw core.Translate(error, $"do the maintenance '{request.Kind}'");
        }
    }

    private async Task<MaintenanceReport> SweepAsync(
        MaintenanceRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var writer = open ?? throw FileErrors.ReadOnly(core.Paths.Root);
        var examined = request.Kind == MaintenanceKind.Compact ? core.State.Table.TombstoneCount : 0;
        var swept = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            core.ThrowIfFailed();
            var sweep = new SweepRequest(request, now, info.DefaultDurability, info.Limits.OperationsMax);
            await writer.Queue.AddAsync(sweep, cancellationToken).ConfigureAwait(false);
            var done = await sweep.Done.ConfigureAwait(false);
            swept += done;
            request.Progress?.Report((swept, 0));
            if (done < info.Limits.OperationsMax)
            {
                return new MaintenanceReport { Examined = Math.Max(examined, swept), Changed = swept };
            }
        }
    }

    private async Task<MaintenanceReport> CompactAsync(
        MaintenanceRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var report = await SweepAsync(request, now, cancellationToken).ConfigureAwait(false);
        return await open!.Worker.AskAsync(
            worker =>
            {
                worker.Checkpoint(rewrites: true);
                return report;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads every value and compares it with its hash, beside all that the table can tell of
    /// itself.</summary>
    private MaintenanceReport Verify(MaintenanceRequest request, CancellationToken cancellationToken)
    {
        var state = core.State;
        var report = TableReport.Verify(state.Table, state.Sequence);
        var problems = new List<string>(report.Problems);
        var remarks = new List<string>();
        var done = 0L;
        foreach (var record in state.Table.Records())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var value = StoredValue.Of(record)!;
            if (!value.IsPending)
            {
                Check(record.Key, value, problems, remarks);
            }

            if (++done % ProgressEvery == 0)
            {
                request.Progress?.Report((done, state.Table.Count));
            }
        }

        return report with { Problems = problems, Remarks = remarks, StoredBytes = StoredBytes() };
    }

    private void Check(RecordKey key, StoredValue value, List<string> problems, List<string> remarks)
    {
        var path = core.Paths.FileOf(key, value.Mark.Kind);
        var bytes = ValueReader.ReadFile(core.Files, path);
        if (bytes is null || ValueText.HashOf(bytes) != value.Mark.Hash)
        {
            if (Problem(key, value, path) is { } problem)
            {
                problems.Add(problem);
                return;
            }
        }

        // An edit by hand becomes a commit with the next rescan; one into what is no document is to be mended.
        if (bytes is not null && value.Mark.Kind == ValueKind.Json && ValueText.KindOf(bytes) != ValueKind.Json)
        {
            remarks.Add(
                $"{core.Paths.Show(path)}, the file of {Names.Show(key.ToString())}, was edited by hand and is no JSON "
                + "document. Mend it, or delete it.");
        }
    }

    private string? Problem(RecordKey key, StoredValue value, string path)
    {
        // A record written since has a newer file; only what is still current can be wrong.
        if (!ReferenceEquals(StoredValue.Of(core.State.Table.Find(key)), value))
        {
            return null;
        }

        return core.Files.Stat(path) is not { } stamp
            ? $"{core.Paths.Show(path)} is missing, the file of {Names.Show(key.ToString())}."
            : stamp == new FileStamp(value.Mark.Length, value.WrittenAt)
            ? $"{core.Paths.Show(path)} is damaged: it differs from what was written, though its time has not changed."
            : null;
    }

    private long StoredBytes()
    {
        var bytes = 0L;
        foreach (var record in core.State.Table.Records())
        {
            bytes += record.Value.Length;
        }

        foreach (var item in core.Files.List(core.Paths.Inner))
        {
            bytes += item.Stamp.Length;
        }

        return bytes;
    }
}
