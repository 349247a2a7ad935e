using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Tests;

public sealed class OptionsTests : StoreTests
{
    public static TheoryData<string, Action<SqliteStoreOptions>> Wrong => new()
    {
        { "DatabasePath", static options => options.DatabasePath = " " },
        { "DatabasePath", static options => options.DatabasePath = ":memory:" },
        { "DatabasePath", static options => options.DatabasePath = "a\0b" },
        { "BusyTimeout", static options => options.BusyTimeout = TimeSpan.FromSeconds(-1) },
        { "ReadersMax", static options => options.ReadersMax = 0 },
        { "GroupMax", static options => options.GroupMax = 0 },
        { "QueueMax", static options => options.QueueMax = 0 },
        { "DefaultDurability", static options => options.DefaultDurability = (Durability)9 },
        { "PollInterval", static options => options.PollInterval = TimeSpan.Zero },
        { "SnapshotIdleMax", static options => options.SnapshotIdleMax = TimeSpan.Zero },
        { "CacheBytes", static options => options.CacheBytes = -1 },
        { "PageBytes", static options => options.PageBytes = 2048 },
        { "PageBytes", static options => options.PageBytes = 5000 },
        { "PageBytes", static options => options.PageBytes = 131_072 },
        { "MapBytes", static options => options.MapBytes = -1 },
        { "LogPagesMax", static options => options.LogPagesMax = 1 },
        { "Limits", static options => options.Limits = null! },
        { "LibraryPath", static options => options.LibraryPath = string.Empty },
        { "Vfs", static options => options.Vfs = string.Empty },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public async Task A_wrong_setting_is_named_before_anything_is_opened(
        string setting, Action<SqliteStoreOptions> change)
    {
        var error = await Assert.ThrowsAnyAsync<ArgumentException>(() => OpenAsync(change));

        Assert.Equal(setting, error.ParamName);
        Assert.Contains($"'SqliteStoreOptions.{setting}'", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(DatabasePath));
    }

    [Fact]
    public async Task The_default_durability_is_the_options()
    {
        var store = await OpenAsync(static options => options.DefaultDurability = Durability.Os);

        Assert.Equal(Durability.Os, store.Info.DefaultDurability);
    }

    [Fact]
    public void The_library_of_the_system_is_taken_before_the_one_that_comes_along()
    {
        var usual = SqliteLoader.Load(null);
        var bundled = SqliteLoader.Load("e_sqlite3");

        Assert.True(usual.Version >= SqliteLibrary.VersionMin);
        Assert.Equal("3.35.5", bundled.VersionText);
        Assert.NotEqual(usual.Handle, bundled.Handle);
    }

    [Fact]
    public async Task A_missing_library_is_named_with_how_to_get_one()
    {
        var error = await Assert.ThrowsAsync<StoreException>(
            () => OpenAsync(static options => options.LibraryPath = "no-such-sqlite"));

        Assert.Equal(StoreErrorKind.Unavailable, error.Kind);
        Assert.Contains("no-such-sqlite (not found)", error.Message, StringComparison.Ordinal);
        Assert.Contains("Install SQLite 3.35 or later", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_is_opened_by_URI()
    {
        var schemes = new StoreSchemes().AddSqlite();

        await using (var store = await schemes.OpenAsync(
            $"sqlite:{DatabasePath}?busyTimeout=500ms&durability=os&library=e_sqlite3&mapBytes=1000000",
            cancellationToken: Cancel))
        {
            Assert.Equal(("sqlite", DatabasePath), (store.Info.Backend, store.Info.Location));
            Assert.Equal(Durability.Os, store.Info.DefaultDurability);
        }

        await using var reader = await schemes.OpenAsync($"sqlite:{DatabasePath}?mode=ro", cancellationToken: Cancel);
        Assert.True(reader.Info.Capabilities.HasFlag(StoreCapabilities.ReadOnly));
    }

    [Theory]
    [InlineData("sqlite:", "names no file")]
    [InlineData("sqlite:a.db?mode=rx", "'mode' of the store is 'rx'; expected 'ro' or 'rw'")]
    [InlineData("sqlite:a.db?busyTimeout=5", "expected a number and a unit")]
    [InlineData("sqlite:a.db?busyTimeout=ms", "expected a number and a unit")]
    [InlineData("sqlite:a.db?durability=1", "expected 'memory', 'os' or 'disk'")]
    [InlineData("sqlite:a.db?durability=", "expected 'memory', 'os' or 'disk'")]
    [InlineData("sqlite:a.db?pageBytes=16k", "'pageBytes' of the store is '16k'; expected a whole number")]
    [InlineData("sqlite:a.db?mapBytes=-1", "'mapBytes' of the store is '-1'; expected a whole number")]
    [InlineData("sqlite:a.db?cache=1", "has no setting 'cache'")]
    public async Task A_wrong_URI_is_one_clear_sentence(string uri, string sentence)
    {
        var error = await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await new StoreSchemes().AddSqlite().OpenAsync(uri, cancellationToken: Cancel));

        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }
}
