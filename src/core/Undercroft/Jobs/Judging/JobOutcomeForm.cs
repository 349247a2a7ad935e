using System.Buffers;
using Undercroft.Backends;

namespace Undercroft.Jobs;

/// <summary>The binary form of what the job operations of a commit came to, for <see cref="StoredReplay"/>. A commit
/// that is repeated is the same: what it says itself is not kept, and what many came to is kept once.</summary>
public static class JobOutcomeForm
{
    /// <summary>Writes outcomes.</summary>
    /// <param name="outcomes">What the commit's job operations came to; null means none.</param>
    /// <param name="commit">The commit.</param>
    /// <returns>The form; empty where there are no outcomes.</returns>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<JobOutcome>? outcomes, Commit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        if (outcomes is null || outcomes.Count == 0)
        {
            return default;
        }

        var jobs = JobsOf(commit);
        var buffer = new ArrayBufferWriter<byte>(32);
        var writer = new RecordWriter(buffer);
        for (var i = 0; i < outcomes.Count;)
        {
            var one = outcomes[i];
            var count = 1;
            while (one.Job == jobs[i] && i + count < outcomes.Count &&
                outcomes[i + count] == one with { Job = jobs[i + count] })
            {
                count++;
            }

            writer.Number(count);
            writer.Number((long)one.Effect);
            writer.Number((long)one.State);
            writer.Bytes(one.Job == jobs[i] ? [] : one.Job.Value.ToByteArray(bigEndian: true));
            i += count;
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Reads outcomes.</summary>
    /// <param name="form">What <see cref="Write"/> wrote.</param>
    /// <param name="commit">The commit, repeated.</param>
    /// <exception cref="InvalidDataException">The bytes are nothing of the kind.</exception>
    public static IReadOnlyList<JobOutcome> Read(ReadOnlyMemory<byte> form, Commit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        if (form.IsEmpty)
        {
            return [];
        }

        var jobs = JobsOf(commit);
        var outcomes = new List<JobOutcome>(jobs.Count);
        var reader = new RecordReader(form);
        while (!reader.IsAtEnd)
        {
            var count = reader.Number();
            var (effect, state, other) = ((JobEffect)reader.Number(), (JobState)reader.Number(), reader.Bytes());
            if (count < 1 || count > jobs.Count - outcomes.Count || other.Length is not (0 or 16))
            {
                throw new InvalidDataException(FormattableString.Invariant(
                    $"The outcomes of a commit are damaged before byte {reader.Position} of {form.Length}: ") +
                    FormattableString.Invariant(
                    $"{count} of {jobs.Count - outcomes.Count} left, an id of {other.Length} bytes, not 0 or 16."));
            }

            for (; count > 0; count--)
            {
                var job = other.IsEmpty ? jobs[outcomes.Count] : new JobId(new Guid(other.Span, bigEndian: true));
                outcomes.Add(new JobOutcome(job, effect, state));
            }
        }

        return outcomes;
    }

    private static List<JobId> JobsOf(Commit commit) =>
        [.. commit.Operations.OfType<JobOperation>().Select(static operation => operation.Job)];
}
