using System.Globalization;

namespace Undercroft.Postgres.Writing;

/// <summary>Reads the verdicts of a round, as <see cref="Schema.CommitFunction"/> gives them.</summary>
internal static class Verdicts
{
    private const int ConflictFields = 5;

    private const int NotDone = 5;

    /// <summary>Tells each caller what became of its commit.</summary>
    /// <param name="jobs">The commits.</param>
    /// <param name="verdicts">Their verdicts.</param>
    /// <param name="holders">Who holds unique keys.</param>
    /// <param name="left">Gets those of which nothing was done.</param>
    public static void Tell(IReadOnlyList<CommitJob> jobs, long[] verdicts, string[] holders, List<CommitJob> left)
    {
        var at = 0;
        foreach (var job in jobs)
        {
            var (status, revision, count) = (verdicts[at], new Revision(verdicts[at + 1]), (int)verdicts[at + 2]);
            var rest = verdicts.AsSpan(at + 3, count);
            at += 3 + count;
            switch (status)
            {
                case 0:
                    job.Acknowledge(new CommitResult { Revision = revision, At = job.Now, Counters = rest.ToArray() });
                    break;
                case 1:
                    job.Acknowledge(new CommitResult
                    {
                        Revision = revision,
                        At = job.Now,
                        Conflicts = Conflicts(job, rest, holders),
                    });
                    break;
                case 2:
                    job.Acknowledge(
                        new CommitResult { Revision = revision, Counters = rest.ToArray(), IsReplay = true });
                    break;
                case 3:
                    job.Fail(new CommitIdentityException(
                        job.Commit.Identity!.Value, "it was used for a commit with other content"));
                    break;
                case NotDone:
                    left.Add(job);
                    break;
                default:
                    job.Fail(new CommitIdentityException(
                        job.Commit.Identity!.Value,
                        FormattableString.Invariant(
                            $"its result is no longer kept (numbers through {rest[0]} are forgotten)")));
                    break;
            }
        }
    }

    /// <summary>Reads verdicts out of the text that the writer's row keeps, the server's for an array.</summary>
    public static long[] Parse(ReadOnlySpan<char> text)
    {
        var numbers = text[1..^1];
        var verdicts = new long[numbers.Count(',') + 1];
        var at = 0;
        foreach (var number in numbers.Split(','))
        {
            verdicts[at++] = long.Parse(numbers[number], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        return verdicts;
    }

    private static CommitConflict[] Conflicts(CommitJob job, ReadOnlySpan<long> fields, string[] holders)
    {
        var conflicts = new CommitConflict[fields.Length / ConflictFields];
        for (var i = 0; i < conflicts.Length; i++)
        {
            var one = fields.Slice(i * ConflictFields, ConflictFields);
            var position = (int)one[0] - 1 - job.FirstOperation;
            var key = job.Commit.Operations[position].Key;
            var kind = (ConflictKind)one[1];
            conflicts[i] = kind == ConflictKind.Unique
                ? new CommitConflict(
                    position, key, kind, new Revision(one[2]),
                    ((PutOperation)job.Commit.Operations[position]).Entries[(int)one[3]].Index,
                    new RecordKey(key.Collection, holders[(int)one[4] - 1]))
                : new CommitConflict(position, key, kind, new Revision(one[2]));
        }

        return conflicts;
    }
}
