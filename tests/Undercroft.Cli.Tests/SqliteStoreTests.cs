namespace Undercroft.Cli.Tests;

public sealed class SqliteStoreTests() : PlacedStoreTests("sqlite")
{
    protected override Task MakeDamagedAsync(string path) =>
        File.WriteAllTextAsync(path, "no database", TestContext.Current.CancellationToken);
}
