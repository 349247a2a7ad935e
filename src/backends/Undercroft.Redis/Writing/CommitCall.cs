using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Records;

namespace Undercroft.Redis.Writing;

/// <summary>Writes calls of the commit function, and reads what it answers.</summary>
/// <param name="library">The functions.</param>
/// <param name="keys">The keys of the store.</param>
/// <param name="info">What the store is.</param>
/// <param name="clock">The store's clock.</param>
/// <param name="opening">The opening of the store.</param>
internal sealed class CommitCall(
    FunctionLibrary library, StoreKeys keys, StoreInfo info, StoreClock clock, OpeningSalt opening)
{
    /// <summary>The answer to a commit whose jobs rest on what has changed: nothing was written.</summary>
    public static readonly CommitResult JobsChanged = new()
    {
        Revision = Revision.None,
        Conflicts = [new CommitConflict(0, default, ConflictKind.Condition, Revision.None)],
    };

    private const int SpareEncodersMax = 16;

    private readonly byte[] epoch = info.Epoch.ToByteArray(bigEndian: true);
    private readonly ConcurrentBag<CommitEncoder> encoders = [];

    /// <summary>Adds a call to a command.</summary>
    /// <param name="command">The command; its name, FCALL, is there.</param>
    /// <param name="attempt">What to commit.</param>
    public void Write(RedisCommand command, CommitAttempt attempt)
    {
        var commit = attempt.Commit;
        var told = clock.Now();
        Span<byte> eight = stackalloc byte[sizeof(long)];
        Span<byte> sixteen = stackalloc byte[2 * sizeof(long)];
        var function = attempt.Jobs is null && OnlyDeletes(commit) ? library.Remove : library.Commit;
        _ = command.Add(function).Add(1).AddKey(keys.Row).Add(epoch).Add(Instants.Write(told, eight));
        _ = commit.Now is { } now ? command.Add(Instants.Write(now, eight)) : command.Add(""u8);
        _ = command.Add(opening.Salt).Add(opening.HasBegun ? "1"u8 : "0"u8);
        RandomNumberGenerator.Fill(eight);
        _ = command.Add(eight);
        _ = attempt.Identity.Client.TryWriteBytes(sixteen, bigEndian: true, out _);
        _ = command.Add(sixteen);
        BinaryPrimitives.WriteInt64BigEndian(eight, attempt.Identity.Number ^ long.MinValue);
        _ = command.Add(eight);
        BinaryPrimitives.WriteUInt128BigEndian(sixteen, attempt.Digest);
        _ = command.Add(sixteen);
        _ = command.Add(info.Limits.ReplaysKept)
            .Add(Math.Max(0, told.UtcTicks - info.Limits.ReplaysKeptFor.Ticks))
            .Add(RecordCodec.Origin(commit.Origin))
            .Add(attempt is { IsRepeated: true, IsOwnIdentity: true } ? "1"u8 : "0"u8);
        if (attempt.Jobs is { } jobs)
        {
            jobs.Write(command);
        }
        else
        {
            _ = command.Add("0"u8);
        }

        if (!encoders.TryTake(out var encoder))
        {
            encoder = new CommitEncoder();
        }

        encoder.Write(command, commit);
        if (encoders.Count < SpareEncodersMax)
        {
            encoders.Add(encoder);
        }
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="CommitIdentityException">The identity belongs to another commit, or is too old.</exception>
    /// <exception cref="StoreException">The store is not what it was.</exception>
    public CommitResult Read(RedisReply reply, CommitAttempt attempt)
    {
        var answer = reply.ToArray();
        switch (answer[0].Int64)
        {
            case Status.Done:
                if (answer[4].Int64 != 0)
                {
                    opening.Begin();
                }

                return new CommitResult
                {
                    Revision = new Revision(answer[1].Int64),
                    At = At(answer[2], attempt.Commit),
                    Counters = Counters(answer[3].Bytes.Span),
                };
            case Status.Conflict:
                return new CommitResult
                {
                    Revision = new Revision(answer[1].Int64),
                    At = At(answer[2], attempt.Commit),
                    Conflicts = Conflicts(answer[3], attempt.Commit),
                };
            case Status.Replay:
                // Behind the counters lies what the jobs came to.
                var counted = sizeof(long) * attempt.Commit.Operations.Count(static one => one is AddOperation);
                var kept = answer[3].Bytes;
                counted = Math.Min(counted, kept.Length);
                return new CommitResult
                {
                    Revision = new Revision(answer[1].Int64),
                    At = attempt.IsOwnIdentity ? RecordCodec.Instant(answer[2].Bytes.Span) : default,
                    Counters = Counters(kept.Span[..counted]),
                    Jobs = attempt.Jobs?.Read(kept[counted..].ToArray()) ?? [],
                    IsReplay = !attempt.IsOwnIdentity,
                };
            case Status.JobsChanged:
                return JobsChanged;
            case Status.OtherContent:
                throw new CommitIdentityException(attempt.Identity, "it was used for a commit with other content");
            case Status.Forgotten:
                var through = BinaryPrimitives.ReadInt64BigEndian(answer[1].Bytes.Span) ^ long.MinValue;
                throw new CommitIdentityException(
                    attempt.Identity,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"its result is no longer kept (numbers through {through} are forgotten)"));
            default:
                throw RedisErrors.Refused(
                    answer[0].Int64, answer.Length > 1 ? answer[1].Text : string.Empty, info.Location ?? info.Backend);
        }
    }

    // Then it is let through where memory is full. A tombstone of what never was only takes some.
    private static bool OnlyDeletes(Commit commit)
    {
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            if (commit.Operations[i] is not (CheckOperation or DeleteOperation { LeavesTombstone: false }))
            {
                return false;
            }
        }

        return true;
    }

    private DateTimeOffset At(RedisReply instant, Commit commit)
    {
        var at = RecordCodec.Instant(instant.Bytes.Span);
        if (commit.Now is null)
        {
            // The clock of another that has the store open may have told it first.
            clock.Advance(at);
        }

        return at;
    }

    private static long[] Counters(ReadOnlySpan<byte> bytes)
    {
        var counters = bytes.IsEmpty ? [] : new long[bytes.Length / sizeof(long)];
        for (var i = 0; i < counters.Length; i++)
        {
            counters[i] = BinaryPrimitives.ReadInt64BigEndian(bytes[(i * sizeof(long))..]);
        }

        return counters;
    }

    private static List<CommitConflict> Conflicts(RedisReply rows, Commit commit)
    {
        var conflicts = new List<CommitConflict>(rows.Count);
        foreach (var row in rows)
        {
            var parts = row.ToArray();
            var operation = (int)parts[0].Int64;
            var key = commit.Operations[operation].Key;
            var kind = (ConflictKind)parts[1].Int64;
            var isUnique = kind == ConflictKind.Unique;
            conflicts.Add(new CommitConflict(
                operation,
                key,
                kind,
                new Revision(parts[2].Int64),
                isUnique ? Encoding.UTF8.GetString(parts[3].Bytes.Span) : null,
                isUnique ? new RecordKey(key.Collection, Encoding.UTF8.GetString(parts[4].Bytes.Span)) : null));
        }

        return conflicts;
    }
}
