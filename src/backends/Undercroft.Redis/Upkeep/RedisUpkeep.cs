using System.Security.Cryptography;
using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Records;
using Undercroft.Redis.Writing;

namespace Undercroft.Redis.Upkeep;

/// <summary>Looks after a store in small steps, so that the server gets to its other clients in between.</summary>
/// <param name="caller">Calls the server.</param>
/// <param name="info">What the store is.</param>
/// <param name="clock">The store's clock.</param>
/// <param name="opening">The opening of the store.</param>
/// <param name="committed">Called after each step that has written a record.</param>
internal sealed class RedisUpkeep(
    FunctionCaller caller, StoreInfo info, StoreClock clock, OpeningSalt opening, Action committed)
{
    private const int StepMax = 250;

    private readonly byte[] epoch = info.Epoch.ToByteArray(bigEndian: true);

    /// <summary>Does what is asked.</summary>
    public async ValueTask<MaintenanceReport> RunAsync(
        MaintenanceRequest request, DateTimeOffset now, CancellationToken cancellationToken) => request.Kind switch
    {
        MaintenanceKind.Expire => await ExpireAsync(request, now, cancellationToken).ConfigureAwait(false),
        MaintenanceKind.Compact => await CompactAsync(request, now, cancellationToken).ConfigureAwait(false),
        MaintenanceKind.Verify => await new RedisVerifier(caller, info, request.Progress)
            .RunAsync(cancellationToken).ConfigureAwait(false),
        MaintenanceKind.Measure => await new RedisMeasure(caller)
            .RunAsync(now, cancellationToken).ConfigureAwait(false),
        MaintenanceKind.Backup => throw new CapabilityException(
            info.Backend, "backups",
            "Copy the store to one that is kept somewhere, or have Redis save its own (BGSAVE)."),
        _ => throw new ArgumentOutOfRangeException(nameof(request), request.Kind, "There is no such maintenance."),
    };

    private async Task<MaintenanceReport> ExpireAsync(
        MaintenanceRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        RefuseWhereReadOnly();
        var swept = 0L;
        long step;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            step = await ExpireSomeAsync(now, cancellationToken).ConfigureAwait(false);
            swept += step;
            request.Progress?.Report((swept, 0));
        }
        while (step == StepMax);

        await PruneAsync(now, cancellationToken).ConfigureAwait(false);
        return new MaintenanceReport { Examined = swept, Changed = swept };
    }

    private async ValueTask<long> ExpireSomeAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        // A sweep may be repeated: what it has swept is no longer there to be swept.
        using var reply = await caller.CallAsync(
            caller.Library.Expire,
            command => _ = command.Add(epoch)
                .Add(Instants.Write(clock.Now()))
                .Add(Instants.Write(now))
                .Add(opening.Salt)
                .Add(opening.HasBegun ? "1"u8 : "0"u8)
                .Add(RandomNumberGenerator.GetBytes(sizeof(long)))
                .Add(StepMax),
            isReading: false,
            cancellationToken).ConfigureAwait(false);
        var count = Checked(reply)[1].Int64;
        if (count > 0)
        {
            opening.Begin();
            committed();
        }

        return count;
    }

    private async Task<MaintenanceReport> CompactAsync(
        MaintenanceRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        RefuseWhereReadOnly();
        var (examined, forgotten, rank) = (0L, 0L, 0L);
        bool hasMore;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = rank;
            using var reply = await caller.CallAsync(
                caller.Library.Forget,
                command => WriteForget(command, request, from),
                isReading: false,
                cancellationToken).ConfigureAwait(false);
            var answer = Checked(reply);
            examined += answer[1].Int64;
            forgotten += answer[2].Int64;
            rank += answer[1].Int64 - answer[2].Int64;
            hasMore = answer[3].Int64 != 0;
            request.Progress?.Report((examined, 0));
        }
        while (hasMore);

        await PruneAsync(now, cancellationToken).ConfigureAwait(false);
        return new MaintenanceReport { Examined = examined, Changed = forgotten };
    }

    private void WriteForget(RedisCommand command, MaintenanceRequest request, long rank)
    {
        _ = command.Add(epoch).Add(rank);
        _ = request.Through is { } through ? command.Add(through.Value) : command.Add("+inf"u8);
        _ = request.Before is { } before ? command.Add(Instants.Write(before)) : command.Add(""u8);
        _ = command.Add(StepMax);
    }

    // Forgets the results of clients that have gone.
    private async ValueTask PruneAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var cutoff = Math.Max(0, now.UtcTicks - info.Limits.ReplaysKeptFor.Ticks);
        long pruned;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var reply = await caller.CallAsync(
                caller.Library.Prune, command => _ = command.Add(cutoff).Add(StepMax), isReading: false,
                cancellationToken).ConfigureAwait(false);
            pruned = reply.Int64;
        }
        while (pruned == StepMax);
    }

    private RedisReply[] Checked(RedisReply reply)
    {
        var answer = reply.ToArray();
        return answer[0].Int64 == Status.Done
            ? answer
            : throw RedisErrors.Refused(
                answer[0].Int64, answer.Length > 1 ? answer[1].Text : string.Empty, info.Location ?? info.Backend);
    }

    private void RefuseWhereReadOnly()
    {
        if (info.Capabilities.HasFlag(StoreCapabilities.ReadOnly))
        {
            throw RedisErrors.Refuse(
                StoreErrorKind.ReadOnly, info.Location ?? info.Backend, "it is open for reading only",
                "Open it for writing to sweep or compact it.");
        }
    }
}
