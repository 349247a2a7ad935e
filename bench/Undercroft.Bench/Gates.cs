namespace Undercroft.Bench;

/// <summary>All gates.</summary>
internal static class Gates
{
    public static IReadOnlyList<Gate> All { get; } =
    [
        .. MemoryGates.All, .. SqliteGates.All, .. PostgresGates.All, .. QueryGates.All, .. FileGates.All,
        .. CopyGates.All, .. BlobGates.All, .. JobGates.All, .. StoryGates.All,
        .. LibraryGates.All, .. RedisClientGates.All, .. RedisStoreGates.All,
    ];
}
