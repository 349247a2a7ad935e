namespace Undercroft.Redis.Client;

/// <summary>A row of a cluster's map.</summary>
/// <param name="First">The first slot.</param>
/// <param name="Last">The last slot.</param>
/// <param name="Primary">The server that leads them.</param>
internal readonly record struct SlotRange(int First, int Last, RedisEndpoint Primary)
{
    /// <summary>Reads the answer to CLUSTER SLOTS.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="from">Who answered; stands in for a host that is not named.</param>
    /// <exception cref="RedisProtocolException">It is none.</exception>
    public static List<SlotRange> Read(in RedisReply reply, RedisEndpoint from)
    {
        var ranges = new List<SlotRange>();
        foreach (var row in reply)
        {
            if (row.ToArray() is not [var first, var last, var primary, ..]
                || primary.ToArray() is not [var host, var port, ..])
            {
                throw new RedisProtocolException("a row of CLUSTER SLOTS has fewer than three parts");
            }

            var (begin, end) = (first.Int64, last.Int64);
            if (begin < 0 || end < begin || end >= HashSlot.Count)
            {
                throw new RedisProtocolException($"a row of CLUSTER SLOTS goes from {begin} to {end}");
            }

            if (port.Int64 is < 0 or > 65_535)
            {
                throw new RedisProtocolException($"a row of CLUSTER SLOTS has the port {port.Int64}");
            }

            var name = host.IsNull || host.Text.Length == 0 ? from.Host : host.Text;
            ranges.Add(new SlotRange((int)begin, (int)end, new RedisEndpoint(name, (int)port.Int64)));
        }

        return ranges;
    }
}
