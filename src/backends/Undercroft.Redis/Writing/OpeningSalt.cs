using System.Security.Cryptography;

namespace Undercroft.Redis.Writing;

/// <summary>One opening of a store: its first commit begins a stretch of history.</summary>
internal sealed class OpeningSalt
{
    private int hasBegun;

    /// <summary>The salt of the stretch, different for each opening.</summary>
    public byte[] Salt { get; } = RandomNumberGenerator.GetBytes(sizeof(long));

    /// <summary>Whether the stretch has begun.</summary>
    public bool HasBegun => Volatile.Read(ref hasBegun) != 0;

    /// <summary>Says that something was written.</summary>
    public void Begin() => Volatile.Write(ref hasBegun, 1);
}
