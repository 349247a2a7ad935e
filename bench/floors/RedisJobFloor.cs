using System.Buffers.Binary;
using System.Text;
using Undercroft.Redis.Client;

namespace Undercroft.Bench.Floors;

/// <summary>What somebody would write by hand to run jobs in Redis: a hash for each job with the columns of the store's
/// own, lists as sorted sets, one script to enqueue, one to claim and one to acknowledge, a hundred at a time, the
/// fence checked and the history kept.</summary>
internal sealed class RedisJobFloor(RedisClient client) : IAsyncDisposable
{
    private const string Library = """
        #!lua name=floor
        local function enqueue(keys, args)
          for at = 2, #args, 2 do
            local id = args[at]
            redis.call('HSET', 'floor:{j}:' .. id, 'state', 1, 'queue', 'default', 'kind', 'work', 'priority', 0,
              'due', args[1], 'enqueued', args[1], 'started', 0, 'finished', 0, 'fence', 0, 'session', '',
              'attempt', 0, 'attempts_max', 20, 'payload', args[at + 1])
            redis.call('ZADD', 'floor:{j}:ready', 0, id)
          end
          return #args
        end

        local function claim(keys, args)
          local popped = redis.call('ZPOPMIN', 'floor:{j}:ready', args[1])
          local found = {}
          for at = 1, #popped, 2 do
            local id = popped[at]
            local key = 'floor:{j}:' .. id
            local row = redis.call('HMGET', key, 'payload', 'attempt', 'fence', 'priority', 'due', 'enqueued',
              'attempts_max')
            local fence, attempt = tonumber(row[3]) + 1, tonumber(row[2]) + 1
            redis.call('HSET', key, 'state', 2, 'session', args[2], 'fence', fence, 'attempt', attempt,
              'started', args[3])
            redis.call('ZADD', 'floor:{j}:running:' .. args[2], args[3], id)
            found[#found + 1] = { id, row[1], attempt, fence, row[4], row[5], row[6], row[7] }
          end
          redis.call('HINCRBY', 'floor:{j}:counts', 'ready', -#found)
          redis.call('HINCRBY', 'floor:{j}:counts', 'running', #found)
          return found
        end

        local function acknowledge(keys, args)
          local done = 0
          for at = 3, #args, 2 do
            local id = args[at]
            local key = 'floor:{j}:' .. id
            local row = redis.call('HMGET', key, 'state', 'session', 'fence')
            if row[1] == '2' and row[2] == args[1] and row[3] == args[at + 1] then
              redis.call('HSET', key, 'state', 4, 'finished', args[2], 'session', '')
              redis.call('ZREM', 'floor:{j}:running:' .. args[1], id)
              redis.call('ZADD', 'floor:{j}:history', args[2], id)
              done = done + 1
            end
          end
          redis.call('HINCRBY', 'floor:{j}:counts', 'running', -done)
          redis.call('HINCRBY', 'floor:{j}:counts', 'succeeded', done)
          return done
        end

        redis.register_function('floor_enqueue', enqueue)
        redis.register_function('floor_claim', claim)
        redis.register_function('floor_acknowledge', acknowledge)
        """;

    private static readonly byte[] Now = "638000000000000"u8.ToArray();
    private static readonly byte[] Session = "00112233445566778899aabbccddeeff"u8.ToArray();

    private long next;

    /// <summary>Loads the scripts.</summary>
    public async Task LoadAsync() =>
        (await client.SendAsync(client.Create("FUNCTION"u8).Add("LOAD"u8).Add("REPLACE"u8).Add(Library))).Dispose();

    /// <summary>Enqueues jobs in one call.</summary>
    public async Task EnqueueAsync(int count, byte[] payload)
    {
        var command = Call("floor_enqueue"u8).Add(Now);
        var id = new byte[16];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(id, next++);
            _ = command.Add(id).Add(payload);
        }

        (await client.SendAsync(command)).Dispose();
    }

    /// <summary>Claims jobs in one call and acknowledges them in another.</summary>
    /// <returns>How many.</returns>
    public async Task<int> TurnAsync(int max)
    {
        var done = Call("floor_acknowledge"u8).Add(Session).Add(Now);
        var count = 0;
        using (var claimed = await client.SendAsync(Call("floor_claim"u8).Add(max).Add(Session).Add(Now)))
        {
            foreach (var job in claimed)
            {
                var parts = job.ToArray();
                _ = parts[1].Bytes.ToArray();
                _ = done.Add(parts[0].Bytes.Span).Add(parts[3].Int64);
                count++;
            }
        }

        if (count == 0)
        {
            done.Discard();
            return 0;
        }

        using var reply = await client.SendAsync(done);
        return reply.Int64 == count ? count : throw new InvalidOperationException("A job was acknowledged by another.");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => client.DisposeAsync();

    private RedisCommand Call(ReadOnlySpan<byte> function) =>
        client.Create("FCALL"u8).Add(function).Add(1).AddKey(Encoding.ASCII.GetBytes("floor:{j}:m"));
}
