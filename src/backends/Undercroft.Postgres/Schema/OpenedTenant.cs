namespace Undercroft.Postgres.Schema;

/// <summary>A tenant that was found or made.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Clock">The latest time it has seen.</param>
internal sealed record OpenedTenant(int Number, Guid Epoch, DateTimeOffset Clock)
{
    /// <summary>Which server, database and table of records its tables are, now.</summary>
    public required TableHome Home { get; init; }

    /// <summary>Whether the server waits for its disk at all.</summary>
    public bool CanSync { get; init; }

    /// <summary>Whether its tables came here by a dump and nobody has opened it for writing since: the transactions of
    /// its records are those of another server.</summary>
    public bool IsAway { get; init; }
}
