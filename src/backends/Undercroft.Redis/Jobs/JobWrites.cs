using Undercroft.Redis.Client;

namespace Undercroft.Redis.Jobs;

/// <summary>The jobs' part of a commit.</summary>
/// <param name="Changes">What is to be kept, and what that rests on.</param>
/// <param name="HasWork">Whether there is work now for those who wait for it.</param>
internal sealed record JobWrites(JobChanges Changes, bool HasWork)
{
    /// <summary>Adds it to a call of the commit function.</summary>
    public void Write(RedisCommand command) => Changes.Write(command, HasWork);
}
