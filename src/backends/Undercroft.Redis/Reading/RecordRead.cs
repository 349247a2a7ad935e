using System.Threading.Tasks.Sources;
using Undercroft.Backends;
using Undercroft.Redis.Client;

namespace Undercroft.Redis.Reading;

/// <summary>The read of one record. It waits as its command does, takes the record out of the reply where that lies,
/// and is used again with the command: a read costs no memory but its record's.</summary>
/// <param name="command">The command it belongs to, for good.</param>
/// <param name="clock">The store's clock, asked only about what can expire.</param>
/// <param name="translate">Makes of an error what callers see.</param>
internal sealed class RecordRead(RedisCommand command, StoreClock clock, Func<Exception, Exception> translate)
    : IValueTaskSource<ReadResult>, IReplyReader
{
    private RecordKey key;
    private ReadOptions options;
    private StoreRecord? record;

    /// <summary>Says what the command is about to ask for.</summary>
    /// <param name="of">The record.</param>
    /// <param name="detail">How much of it.</param>
    /// <returns>What to wait for, once.</returns>
    public ValueTask<ReadResult> Begin(in RecordKey of, in ReadOptions detail)
    {
        (key, options, record) = (of, detail, null);
        return new ValueTask<ReadResult>(this, command.Token);
    }

    /// <inheritdoc/>
    public void Read(in RedisReply reply) =>
        record = reply.IsNull ? null : RecordReads.Answer(key, reply.Bytes.Span, options, 0, clock);

    /// <inheritdoc/>
    public ReadResult GetResult(short token)
    {
        // Taken first: with its result the command goes back to where another caller finds it, and this with it.
        var found = record;
        record = token == command.Token ? null : found;
        try
        {
            command.GetResult(token).Dispose();
            return new ReadResult(found);
        }
        catch (Exception error) when (error is RedisException or InvalidDataException)
        {
            throw translate(error);
        }
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => command.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        command.OnCompleted(continuation, state, token, flags);
}
