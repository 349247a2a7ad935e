using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Undercroft.Testing;

namespace Undercroft.Hosting.Tests;

public sealed class UndercroftOptionsTests
{
    [Fact]
    public void Every_setting_is_read_from_its_key()
    {
        var clock = new ManualClock();
        var options = Read(
            clock,
            ("Undercroft:Store", "sqlite:app.db"),
            ("Undercroft:Storage:Durability", "os"),
            ("Undercroft:Storage:Origin", "web-1"),
            ("Undercroft:Storage:SlowQueryThreshold", "00:00:00.25"),
            ("Undercroft:Storage:SweepInterval", "never"),
            ("Undercroft:Storage:TransactionAttemptsMax", "3"),
            ("Undercroft:Storage:WriteAttemptsMax", "4"));

        Assert.Equal("sqlite:app.db", options.Store);
        Assert.Equal(Durability.Os, options.Storage.Durability);
        Assert.Equal("web-1", options.Storage.Origin);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.Storage.SlowQueryThreshold);
        Assert.Equal(Timeout.InfiniteTimeSpan, options.Storage.SweepInterval);
        Assert.Equal((3, 4), (options.Storage.TransactionAttemptsMax, options.Storage.WriteAttemptsMax));
        Assert.Same(clock, options.Storage.Clock);
    }

    [Fact]
    public void What_the_configuration_does_not_say_keeps_its_default()
    {
        var (options, defaults) = (Read(null), new UndercroftOptions());

        Assert.Null(options.Store);
        Assert.Null(options.Storage.Durability);
        Assert.Equal(defaults.Storage.SweepInterval, options.Storage.SweepInterval);
        Assert.Equal(defaults.Storage.WriteAttemptsMax, options.Storage.WriteAttemptsMax);
        Assert.Same(TimeProvider.System, options.Storage.Clock);
    }

    [Theory]
    [InlineData(
        "SweepInterval", "soon", "is 'soon'; expected a time such as '30s', '5m', '12h', '7d' or '00:01:00', or " +
        "'never'.")]
    [InlineData(
        "SweepInterval", "60", "is '60'; expected a time such as '30s', '5m', '12h', '7d' or '00:01:00', or 'never'.")]
    [InlineData(
        "SweepInterval", "24:00", "is '24:00'; expected a time such as '30s', '5m', '12h', '7d' or '00:01:00', or " +
        "'never'.")]
    [InlineData("Durability", "1", "is '1'; expected Memory, Os, Disk.")]
    [InlineData("WriteAttemptsMax", "1e3", "is '1e3'; expected a whole number such as '10'.")]
    [InlineData("Durability", "7", "is '7'; expected Memory, Os, Disk.")]
    [InlineData(
        "SweepIntervall", "1", "is not known; expected Durability, Origin, SlowQueryThreshold, SweepInterval, " +
        "TransactionAttemptsMax, WriteAttemptsMax.")]
    public void A_wrong_setting_is_named_with_what_was_found_and_expected(string name, string value, string problem)
    {
        var key = $"Undercroft:Storage:{name}";

        var error = Assert.Throws<OptionsValidationException>(() => Read(null, (key, value)));

        Assert.Equal(
            $"The setting {key} {problem} Correct it, or remove it for the default.", Assert.Single(error.Failures));
    }

    [Theory]
    [InlineData("Undercroft:Stroe", "sqlite:a.db", "is not known; expected Store, Storage, Jobs.")]
    [InlineData("Undercroft:Storge:Origin", "me", "is not known; expected Store, Storage, Jobs.", "Undercroft:Storge")]
    [InlineData("Undercroft", "sqlite:a.db", "is 'sqlite:a.db'; expected a section with Store, Storage, Jobs.")]
    [InlineData(
        "Undercroft:Storage", "postgres://me:secret@db/x",
        "is 'postgres://***@db/x'; expected a section with Durability, Origin, SlowQueryThreshold, SweepInterval, " +
        "TransactionAttemptsMax, WriteAttemptsMax.")]
    [InlineData("Undercroft:Store:Uri", "sqlite:a.db", "is a section; expected a value.", "Undercroft:Store")]
    [InlineData(
        "Undercroft:Storage:Origin:Name", "me", "is a section; expected a value.", "Undercroft:Storage:Origin")]
    public void What_nobody_would_read_is_an_error(string key, string value, string problem, string? named = null)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read(null, (key, value)));

        Assert.Equal(
            $"The setting {named ?? key} {problem} Correct it, or remove it for the default.",
            Assert.Single(error.Failures));
    }

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("12h", 43_200)]
    [InlineData("7d", 604_800)]
    [InlineData("00:01:30", 90)]
    [InlineData("1.00:00:00", 86_400)]
    public void A_time_is_written_as_people_and_programs_write_it(string text, double seconds)
    {
        var options = Read(null, ("Undercroft:Storage:SlowQueryThreshold", text));

        Assert.Equal(TimeSpan.FromSeconds(seconds), options.Storage.SlowQueryThreshold);
    }

    [Fact]
    public void Sections_without_settings_and_those_of_other_packages_are_let_be()
    {
        var options = Read(null, ("Undercroft:Storage", ""), ("Undercroft:Jobs:Lease", "30s"));

        Assert.Null(options.Store);
    }

    private static UndercroftOptions Read(TimeProvider? clock, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        var options = new UndercroftOptions();
        new UndercroftOptionsSetup(configuration, clock).Configure(options);
        return options;
    }
}
