namespace Undercroft.Redis.Client;

/// <summary>Takes what it needs out of a reply where that lies, so that nothing is copied for it.</summary>
internal interface IReplyReader
{
    /// <summary>Is called on the reading thread, before whoever waits for the command goes on. What it throws, the
    /// command fails with.</summary>
    /// <param name="reply">The reply, no error; its bytes are gone when the call returns.</param>
    void Read(in RedisReply reply);
}
