using System.Security.Cryptography;
using System.Text;

namespace Undercroft;

/// <summary>Where leases are kept. They belong to processes, so neither copies nor archives take them along.</summary>
internal static class LeaseKeys
{
    public const string Collection = "$leases";

    /// <summary>The lease of whoever keeps losing a record to others. An id may be as long as a key, so it is named by
    /// its hash.</summary>
    public static RecordKey Turn(RecordKey key)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString()));
        return new(Collection, $"turn/{Convert.ToHexStringLower(hash.AsSpan(0, 16))}");
    }

    /// <summary>The lease of whoever migrates a collection.</summary>
    public static RecordKey Migration(string collection) => new(Collection, $"migration/{collection}");
}
