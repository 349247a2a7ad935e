namespace Undercroft.Cli.Tests;

public sealed class SqliteStoreTests() : PlacedStoreTests("sqlite")
{
    [Fact]
    public async Task A_device_or_an_empty_file_is_no_backup()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no /dev/zero.");
        await File.WriteAllTextAsync(PathOf("empty.db"), "", TestContext.Current.CancellationToken);

        foreach (var path in (string[])["/dev/zero", PathOf("empty.db")])
        {
            var restored = await RunAsync("store", "restore", path, "--force");

            restored.MustFail(
                1,
                $"undercroft: {Names.Show(path)} is no backup: it is empty, or no file at all. "
                + "Nothing was changed; name what 'store backup' made.");
        }

        Assert.False(File.Exists(PathOf("app.db")));
    }

    [Fact]
    public async Task A_backup_that_cannot_be_written_is_named_by_its_own_place()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has a /proc.");
        _ = (await RunAsync("store", "put", "a", "x", "1")).MustSucceed();

        var backup = await RunAsync("store", "backup", "/proc/copy.db");

        Assert.Equal(1, backup.Code);
        Assert.StartsWith(
            $"undercroft: SQLite could not write the backup of {Names.Show(PathOf("app.db"))} in '/proc/copy.db': ",
            backup.Error,
            StringComparison.Ordinal);
    }

    protected override Task MakeDamagedAsync(string path) =>
        File.WriteAllTextAsync(path, "no database", TestContext.Current.CancellationToken);
}
