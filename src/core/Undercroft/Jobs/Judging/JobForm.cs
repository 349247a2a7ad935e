using System.Buffers;
using Undercroft.Backends;

namespace Undercroft.Jobs;

/// <summary>The binary form of job rows and cells, shared by the backends that keep bytes.</summary>
/// <remarks>The form is part of the stored data: it begins with its version.</remarks>
public static class JobForm
{
    private const long Version = 1;

    /// <summary>Writes a whole row.</summary>
    public static byte[] Write(JobRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var buffer = new ArrayBufferWriter<byte>(128 + row.Payload.Length);
        var writer = new RecordWriter(buffer);
        writer.Number(Version);
        writer.Text(row.Queue);
        writer.Text(row.Kind);
        writer.Number((long)row.State);
        writer.Number(row.Priority);
        writer.Number(row.DueAt);
        writer.Number(row.Order);
        writer.Number(row.EnqueuedAt);
        writer.Number(row.StartedAt);
        writer.Number(row.FinishedAt);
        writer.Number(row.Fence);
        WriteId(writer, row.Session.Value);
        writer.Number(row.Attempt);
        writer.Number(row.AttemptsMax);
        writer.Bytes(row.Payload.Span);
        Write(writer, row.Extra);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a row.</summary>
    /// <exception cref="InvalidDataException">The bytes are no row.</exception>
    public static JobRow ReadRow(JobId id, ReadOnlyMemory<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        try
        {
            return ReadRow(id, ref reader);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"The job {id} cannot be read. {error.Message}", error);
        }
    }

    /// <summary>Writes what only some jobs have; empty where this one has nothing of it.</summary>
    public static byte[] WriteExtra(JobExtra? extra)
    {
        if (extra is null)
        {
            return [];
        }

        var buffer = new ArrayBufferWriter<byte>(128);
        var writer = new RecordWriter(buffer);
        writer.Number(Version);
        Write(writer, extra);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="WriteExtra"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are nothing of the kind.</exception>
    public static JobExtra? ReadExtra(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        var reader = new RecordReader(bytes);
        CheckVersion(reader.Number());
        return ReadExtra(ref reader);
    }

    /// <summary>Writes a cell, without its kind and key.</summary>
    public static byte[] Write(JobCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        var buffer = new ArrayBufferWriter<byte>(64);
        var writer = new RecordWriter(buffer);
        writer.Number(Version);
        writer.Number(cell.At);
        writer.Number(cell.Flag ? 1 : 0);
        WriteId(writer, cell.Job.Value);
        writer.Text(cell.Text);
        foreach (var count in cell.Counts)
        {
            writer.Number(count);
        }

        Write(writer, cell.Edges);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a cell.</summary>
    /// <exception cref="InvalidDataException">The bytes are no cell.</exception>
    public static JobCell ReadCell(JobCellKind kind, string key, ReadOnlyMemory<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        CheckVersion(reader.Number());
        var cell = new JobCell(kind, key)
        {
            At = reader.Number(),
            Flag = reader.Number() != 0,
            Job = new JobId(ReadId(ref reader)),
            Text = reader.Text(),
        };
        foreach (ref var count in cell.Counts)
        {
            count = reader.Number();
        }

        cell.Edges = ReadEdges(ref reader);
        return cell;
    }

    internal static void Digest(RecordWriter writer, JobOperation operation)
    {
        WriteId(writer, operation.Job.Value);
        switch (operation)
        {
            case EnqueueOperation { New: var job }:
                writer.Number(5);
                writer.Text(job.Queue);
                writer.Text(job.Kind);
                writer.Bytes(job.Payload.Span);
                writer.Number(job.Priority);
                writer.Number(job.Delay.Ticks);
                writer.Time(job.DueAt);
                writer.Text(job.UniqueKey);
                writer.Text(job.ConcurrencyKey);
                writer.Text(job.Batch);
                writer.Text(job.AfterBatch);
                writer.Meta(job.Headers);
                writer.Number(job.AttemptsMax);
                writer.Number(job.CrashesMax);
                writer.Number(job.Timeout.Ticks);
                writer.Number(job.UniqueFor.Ticks);
                writer.Number((long)job.Duplicates);
                writer.Number(job.ConcurrencyLimit);
                writer.Text(job.RateLimit?.ToString());
                foreach (var on in job.DependsOn)
                {
                    WriteId(writer, on.Job.Value);
                    writer.Number((long)on.Policy);
                }

                break;
            case SettleOperation settle:
                writer.Number(6);
                WriteId(writer, settle.Lease.Session.Value);
                writer.Number(settle.Lease.Fence);
                writer.Number((long)settle.Settlement.Kind);
                writer.Bytes(settle.Settlement.Result.Span);
                writer.Number(settle.Settlement.Delay.Ticks);
                writer.Text(settle.Settlement.Error);
                break;
            case StepOperation step:
                writer.Number(7);
                WriteId(writer, step.Lease.Session.Value);
                writer.Number(step.Lease.Fence);
                writer.Text(step.Name);
                writer.Bytes(step.Output.Span);
                break;
            case JobControlOperation control:
                writer.Number(8);
                writer.Number((long)control.Kind);
                writer.Text(control.Queue);
                writer.Number(control.Priority);
                break;
            default:
                break;
        }
    }

    /// <summary>About how many bytes an operation writes.</summary>
    internal static long Weigh(JobOperation operation) => operation switch
    {
        EnqueueOperation { New: var job } => 128 + job.Payload.Length,
        SettleOperation settle => 128 + settle.Settlement.Result.Length,
        StepOperation step => 128 + step.Output.Length,
        _ => 128,
    };

    private static JobRow ReadRow(JobId id, ref RecordReader reader)
    {
        CheckVersion(reader.Number());
        var (queue, kind) = (reader.Text(), reader.Text());
        var state = (JobState)reader.Number();
        var priority = (int)reader.Number();
        var dueAt = reader.Number();
        return new JobRow
        {
            Id = id,
            Queue = queue ?? "",
            Kind = kind ?? "",
            State = state,
            Priority = priority,
            DueAt = dueAt,
            Order = reader.Number(),
            EnqueuedAt = reader.Number(),
            StartedAt = reader.Number(),
            FinishedAt = reader.Number(),
            Fence = reader.Number(),
            Session = new SessionId(ReadId(ref reader)),
            Attempt = (int)reader.Number(),
            AttemptsMax = (int)reader.Number(),
            Payload = reader.Bytes(),
            Extra = ReadExtra(ref reader),
        };
    }

    private static void Write(RecordWriter writer, JobExtra? extra)
    {
        writer.Number(extra is null ? 0 : 1);
        if (extra is null)
        {
            return;
        }

        writer.Meta(extra.Headers);
        writer.Number(extra.Timeout);
        writer.Number(extra.CrashesMax);
        writer.Number(extra.Crashes);
        writer.Number(extra.Snoozes);
        writer.Number(extra.Requeues);
        writer.Number((extra.IsCancelRequested ? 1 : 0) | (extra.HasToken ? 2 : 0));
        writer.Text(extra.UniqueKey);
        writer.Text(extra.ConcurrencyKey);
        writer.Number(extra.ConcurrencyLimit);
        writer.Text(extra.RateLimit?.Key);
        writer.Number(extra.RateLimit?.Permits ?? 0);
        writer.Number(extra.RateLimit?.Period.Ticks ?? 0);
        writer.Text(extra.Batch);
        writer.Number(extra.DependenciesLeft);
        Write(writer, extra.Dependents);
        writer.Number(extra.Errors?.Count ?? 0);
        foreach (var error in extra.Errors ?? [])
        {
            writer.Number(error.Attempt);
            writer.Time(error.At);
            writer.Text(error.Message);
        }

        writer.Number(extra.Steps?.Count ?? 0);
        foreach (var step in extra.Steps ?? [])
        {
            writer.Text(step.Name);
            writer.Bytes(step.Output.Span);
        }

        writer.Bytes(extra.Result.Span);
        writer.Number(BitConverter.DoubleToInt64Bits(extra.Progress));
        writer.Text(extra.ProgressText);
    }

    private static JobExtra? ReadExtra(ref RecordReader reader)
    {
        if (reader.Number() == 0)
        {
            return null;
        }

        var extra = new JobExtra
        {
            Headers = reader.Meta(),
            Timeout = reader.Number(),
            CrashesMax = (int)reader.Number(),
            Crashes = (int)reader.Number(),
            Snoozes = (int)reader.Number(),
            Requeues = (int)reader.Number(),
        };
        var flags = reader.Number();
        (extra.IsCancelRequested, extra.HasToken) = ((flags & 1) != 0, (flags & 2) != 0);
        extra.UniqueKey = reader.Text();
        extra.ConcurrencyKey = reader.Text();
        extra.ConcurrencyLimit = (int)reader.Number();
        var (limiter, permits, period) = (reader.Text(), reader.Number(), reader.Number());
        extra.RateLimit = limiter is null ? null : new RateLimit(limiter, (int)permits, new TimeSpan(period));
        extra.Batch = reader.Text();
        extra.DependenciesLeft = (int)reader.Number();
        extra.Dependents = ReadEdges(ref reader);
        List<JobError>? errors = null;
        for (var left = reader.Number(); left > 0; left--)
        {
            var (attempt, at, message) = ((int)reader.Number(), reader.Time(), reader.Text());
            (errors ??= []).Add(new JobError(attempt, at ?? default, message ?? ""));
        }

        List<JobStep>? steps = null;
        for (var left = reader.Number(); left > 0; left--)
        {
            var (name, output) = (reader.Text(), reader.Bytes());
            (steps ??= []).Add(new JobStep(name ?? "", output));
        }

        extra.Errors = errors;
        extra.Steps = steps;
        extra.Result = reader.Bytes();
        extra.Progress = BitConverter.Int64BitsToDouble(reader.Number());
        extra.ProgressText = reader.Text();
        return extra;
    }

    private static void Write(RecordWriter writer, IReadOnlyList<JobEdge>? edges)
    {
        writer.Number(edges?.Count ?? 0);
        foreach (var edge in edges ?? [])
        {
            WriteId(writer, edge.Child.Value);
            writer.Number((long)edge.Policy);
        }
    }

    private static List<JobEdge>? ReadEdges(ref RecordReader reader)
    {
        List<JobEdge>? edges = null;
        for (var left = reader.Number(); left > 0; left--)
        {
            var child = new JobId(ReadId(ref reader));
            (edges ??= []).Add(new JobEdge(child, (DependencyPolicy)reader.Number()));
        }

        return edges;
    }

    private static void WriteId(RecordWriter writer, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = id.TryWriteBytes(bytes, bigEndian: true, out _);
        writer.Bytes(bytes);
    }

    private static Guid ReadId(ref RecordReader reader)
    {
        var bytes = reader.Bytes();
        return bytes.Length == 16
            ? new Guid(bytes.Span, bigEndian: true)
            : throw new InvalidDataException(FormattableString.Invariant(
                $"The id before byte {reader.Position} has a length of {bytes.Length}; expected 16."));
    }

    private static void CheckVersion(long version)
    {
        if (version != Version)
        {
            throw new InvalidDataException(FormattableString.Invariant(
                $"A job's data has version {version}, this code knows {Version}: use a newer Undercroft."));
        }
    }
}
