namespace Undercroft.Cli.Stores;

/// <summary>The kinds of stores this tool can open.</summary>
internal static class KnownSchemes
{
    public static StoreSchemes Create() =>
        new StoreSchemes().AddSqlite().AddFiles().AddPostgres().AddRedis();
}
