using Undercroft.Redis.Client;

namespace Undercroft.Redis.Jobs;

/// <summary>What leaves the list of a place, or of a state, and what comes.</summary>
/// <param name="name">The sorted set.</param>
/// <param name="memberBytes">How many bytes of a member count, from its end.</param>
internal sealed class JobListChange(byte[] name, int memberBytes)
{
    private readonly List<JobMember> gone = [];
    private readonly List<JobMember> added = [];

    /// <summary>How many words it takes to say so.</summary>
    public int Words => 3 + gone.Count + (2 * added.Count);

    public void Remove(in JobMember member) => gone.Add(member);

    public void Add(in JobMember member) => added.Add(member);

    /// <summary>Adds the words.</summary>
    public void Write(RedisCommand command)
    {
        Span<byte> bytes = stackalloc byte[JobMember.PlaceBytes];
        var member = bytes[^memberBytes..];
        _ = command.Add(name).Add(gone.Count);
        foreach (var one in gone)
        {
            one.Write(bytes);
            _ = command.Add(member);
        }

        _ = command.Add(2 * added.Count);
        foreach (var one in added)
        {
            one.Write(bytes);
            _ = command.Add("0"u8).Add(member);
        }
    }
}
