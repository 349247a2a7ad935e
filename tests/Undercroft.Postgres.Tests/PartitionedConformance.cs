using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>The laws, on tables that are parted by tenant.</summary>
public sealed class PartitionedConformance(SharedPostgres shared) : PostgresConformance(shared)
{
    protected override void Set(PostgresStoreOptions options)
    {
        options.Schema = "parted";
        options.Partitions = 4;
    }
}
