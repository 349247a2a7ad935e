namespace Undercroft.Postgres.Tests;

/// <summary>Settings for stores of tests.</summary>
internal static class TestStores
{
    /// <summary>Settings that wait for other tests: their transactions hold the feed back for a moment.</summary>
    public static PostgresStoreOptions Options(string address, string tenant)
    {
        var options = PostgresStoreSchemes.Options(StoreUri.Parse(address));
        options.Tenant = tenant;
        options.ConnectionsMax = 10;
        options.HorizonWait = TimeSpan.FromMinutes(1);
        options.RetryFor = TimeSpan.FromMinutes(1);
        options.Views = false;
        return options;
    }
}
