namespace Undercroft;

/// <summary>Where leases are kept. They belong to processes, so neither copies nor archives take them along.</summary>
internal static class LeaseKeys
{
    public const string Collection = "$leases";

    /// <summary>The lease of transactions that contend.</summary>
    public static RecordKey Transactions { get; } = new(Collection, "transactions");

    /// <summary>The lease of whoever migrates a collection.</summary>
    public static RecordKey Migration(string collection) => new(Collection, $"migration/{collection}");
}
