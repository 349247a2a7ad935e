using Undercroft.Jobs;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;

namespace Undercroft.Redis.Jobs;

/// <summary>Reads rows, cells and lists: many at once, out of one snapshot.</summary>
/// <param name="caller">Calls the server.</param>
/// <param name="epoch">The store's epoch.</param>
/// <param name="location">The store, for messages.</param>
internal sealed class JobReads(FunctionCaller caller, Guid epoch, string location)
{
    private readonly byte[] epoch = epoch.ToByteArray(bigEndian: true);

    /// <summary>Reads what is asked for.</summary>
    /// <param name="ids">The ids of rows.</param>
    /// <param name="cells">The names of cells.</param>
    /// <param name="lists">The lists: three words for each.</param>
    /// <param name="wantsRows">Whether the rows of the lists come too, behind those asked for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<JobAnswer> ReadAsync(
        IReadOnlyCollection<byte[]> ids,
        IReadOnlyCollection<byte[]> cells,
        IReadOnlyCollection<byte[]> lists,
        bool wantsRows,
        CancellationToken cancellationToken)
    {
        using var reply = await caller.CallAsync(
            caller.Library.Jobs,
            command =>
            {
                _ = command.Add(epoch);
                Write(command, ids);
                Write(command, cells);
                Write(command, lists);
                _ = command.Add(wantsRows ? 1 : 0);
            },
            isReading: true,
            cancellationToken).ConfigureAwait(false);
        var answer = Checked(reply);
        return new JobAnswer(Bytes(answer[1]), Bytes(answer[2]), [.. answer[3].ToArray().Select(Ids)]);
    }

    /// <summary>Reads a page of a list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="least">The first member, as ZRANGEBYLEX has it.</param>
    /// <param name="greatest">The last one.</param>
    /// <param name="isReverse">Whether from the end.</param>
    /// <param name="max">How many at most.</param>
    /// <param name="wantsRows">Whether the rows come too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<(byte[][] Members, byte[][] Rows)> ListAsync(
        byte[] list,
        byte[] least,
        byte[] greatest,
        bool isReverse,
        int max,
        bool wantsRows,
        CancellationToken cancellationToken)
    {
        using var reply = await caller.CallAsync(
            caller.Library.JobList,
            command => command.Add(epoch).Add(list).Add(least).Add(greatest).Add(isReverse ? 1 : 0).Add(max)
                .Add(wantsRows ? 1 : 0),
            isReading: true,
            cancellationToken).ConfigureAwait(false);
        var answer = Checked(reply);
        return (Bytes(answer[1]), Bytes(answer[2]));
    }

    /// <summary>Reads how many jobs of each queue are in each state.</summary>
    public async ValueTask<IReadOnlyList<(string Name, long Count)>> CountsAsync(CancellationToken cancellationToken)
    {
        using var reply = await caller.Client.SendAsync(
            caller.Client.Create("HGETALL"u8)
                .AddKey(System.Text.Encoding.UTF8.GetBytes(caller.Keys.Prefix + "Q"))
                .Repeatable(),
            cancellationToken).ConfigureAwait(false);
        var counts = new List<(string Name, long Count)>();
        string? name = null;
        foreach (var element in reply)
        {
            if (name is null)
            {
                name = element.Text;
            }
            else
            {
                counts.Add((name, element.Int64));
                name = null;
            }
        }

        return counts;
    }

    private static void Write(RedisCommand command, IReadOnlyCollection<byte[]> words)
    {
        _ = command.Add(words.Count);
        foreach (var word in words)
        {
            _ = command.Add(word);
        }
    }

    private static byte[][] Bytes(RedisReply list)
    {
        var found = new byte[list.Count][];
        var at = 0;
        foreach (var element in list)
        {
            found[at++] = element.Bytes.ToArray();
        }

        return found;
    }

    private static JobId[] Ids(RedisReply list)
    {
        var found = new JobId[list.Count];
        var at = 0;
        foreach (var element in list)
        {
            found[at++] = JobNames.IdOf(element.Bytes.Span);
        }

        return found;
    }

    private RedisReply[] Checked(RedisReply reply)
    {
        var answer = reply.ToArray();
        return answer[0].Int64 == Status.Done
            ? answer
            : throw RedisErrors.Refused(answer[0].Int64, answer.Length > 1 ? answer[1].Text : string.Empty, location);
    }
}

/// <summary>What was read of jobs.</summary>
/// <param name="Rows">The rows asked for, then those of the lists; empty where there is none.</param>
/// <param name="Cells">The cells asked for; empty where there is none.</param>
/// <param name="Lists">The jobs of each list, in its order.</param>
internal sealed record JobAnswer(byte[][] Rows, byte[][] Cells, JobId[][] Lists);
