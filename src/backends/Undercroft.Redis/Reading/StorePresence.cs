using Undercroft.Redis.Functions;

namespace Undercroft.Redis.Reading;

/// <summary>Tells an empty answer of a store from that of a server whose data was flushed or lost: whoever finds
/// nothing looks whether the store's row is there, unless somebody has seen the store a moment ago.</summary>
/// <remarks>A record that is found says as much as the row. So a store in which records are found, or which has been
/// looked at within <see cref="SeenFor"/>, costs no call for it, and a loss is passed over for no longer than that.
/// </remarks>
/// <param name="caller">Calls the server.</param>
/// <param name="epoch">The store's epoch.</param>
/// <param name="location">The store, for messages.</param>
/// <param name="time">Where the time comes from.</param>
internal sealed class StorePresence(FunctionCaller caller, Guid epoch, string location, TimeProvider time)
{
    /// <summary>How long a store that was seen counts as being there.</summary>
    public static readonly TimeSpan SeenFor = TimeSpan.FromSeconds(1);

    private readonly byte[] epoch = epoch.ToByteArray(bigEndian: true);
    private long seenAt = time.GetTimestamp();

    /// <summary>Whether it was seen so long ago that it is to be seen again.</summary>
    /// <param name="now">The time, to be given to what follows.</param>
    public bool IsDue(out long now)
    {
        now = time.GetTimestamp();
        return time.GetElapsedTime(Volatile.Read(ref seenAt), now) >= SeenFor;
    }

    /// <summary>Hears what an answer has held; where nothing, it looks at the store's row.</summary>
    /// <param name="hasFound">Whether the answer held a record.</param>
    /// <param name="askedAt">When it was asked for.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="StoreException">The store is not there any more, or another has taken its place.</exception>
    public async ValueTask HearAsync(bool hasFound, long askedAt, CancellationToken cancellationToken)
    {
        if (!hasFound)
        {
            using var reply = await caller.Client.SendAsync(
                caller.Client.Create("HGET"u8).AddKey(caller.Keys.Row).Add("epoch"u8).Repeatable(), cancellationToken)
                .ConfigureAwait(false);
            if (reply.IsNull || !reply.Bytes.Span.SequenceEqual(epoch))
            {
                throw RedisErrors.Refused(reply.IsNull ? Status.Missing : Status.Replaced, string.Empty, location);
            }
        }

        Volatile.Write(ref seenAt, askedAt);
    }
}
