namespace Undercroft.Cli.Tests;

public sealed class FileStoreTests() : PlacedStoreTests("file")
{
    protected override async Task MakeDamagedAsync(string path)
    {
        _ = Directory.CreateDirectory(path);
        await File.WriteAllTextAsync(
            Path.Combine(path, "notes.txt"), "no store", TestContext.Current.CancellationToken);
    }
}
