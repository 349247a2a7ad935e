using Npgsql;

namespace Undercroft.Postgres.Tests;

public sealed class UriTests
{
    [Fact]
    public void A_uri_says_everything()
    {
        var options = PostgresStoreSchemes.Options(StoreUri.Parse(
            "postgres://app:p%40ss%2Fword@db.example:6543/shop?schema=vault&tenant=blue&durability=os&" +
            "sslmode=require&connections=7&lanes=1&partitions=16&pollInterval=250ms&retryFor=5s&timeout=9s&" +
            "pooler=transaction&listen=off&views=off&mode=ro"));
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString);

        Assert.Equal(
            ("db.example", 6543, "shop", "app", "p@ss/word", SslMode.Require),
            (connection.Host, connection.Port, connection.Database, connection.Username, connection.Password,
                connection.SslMode));
        Assert.Equal(
            ("vault", "blue", Durability.Os, 7, 1, 16),
            (options.Schema, options.Tenant, options.DefaultDurability, options.ConnectionsMax, options.Lanes,
                options.Partitions));
        Assert.Equal(
            (TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(9), true, false, false,
                true),
            (options.PollInterval, options.RetryFor, options.CommandTimeout, options.TransactionPooler, options.Listen,
                options.Views, options.ReadOnly));
    }

    [Theory]
    [InlineData("postgres://localhost/app", "localhost", 5432)]
    [InlineData("postgresql://me@[::1]:7777/app", "::1", 7777)]
    [InlineData("postgres://a:5433,b:5434/app", "a:5433,b:5434", 5432)]
    [InlineData("postgres:///app?host=/run/postgresql", "/run/postgresql", 5432)]
    [InlineData("postgres://:5433/app?host=/run/postgresql", "/run/postgresql", 5433)]
    [InlineData("postgres://localhost:5433/app?host=/run/postgresql", "/run/postgresql", 5433)]
    public void A_uri_names_one_host_or_several(string uri, string host, int port)
    {
        var connection = new NpgsqlConnectionStringBuilder(
            PostgresStoreSchemes.Options(StoreUri.Parse(uri)).ConnectionString);

        Assert.Equal((host, port, "app"), (connection.Host, connection.Port, connection.Database));
    }

    [Theory]
    [InlineData("postgres:", "'postgres:' names no server. Write 'postgres://user:password@host:5432/database'.")]
    [InlineData("postgres://u:secret@h:0/d", "What stands after the host's ':' is no port; expected a number")]
    [InlineData("postgres://u:secret", "What stands after the host's ':' is no port; expected a number")]
    [InlineData("postgres:Host=h;Password=secret", "'postgres:' names no host, but what looks like a connection ")]
    [InlineData("postgres://u:se?x=cret@h/d", "The store 'postgres:u:***' has no setting 'x'.")]
    [InlineData("postgres://u:secret@h/d?lanes=two", "The setting 'lanes' of the store is 'two'; expected a whole ")]
    [InlineData("postgres://u:secret@h/d?lanes=99", "The setting 'lanes' of the store is '99'; expected 1 to 16.")]
    [InlineData("postgres://u:secret@h/d?Connections=0", "The setting 'Connections' of the store is '0'; expected 2 ")]
    [InlineData("postgres://u:secret@h/d?timeout=0s", "The setting 'timeout' of the store is '0s'; expected 00:00:01")]
    [InlineData("postgres://u:secret@h/d?schema=", "The setting 'schema' of the store is ''; expected 1 to 40 lower")]
    [InlineData("postgres://u:secret@h/d?tenant=", "The setting 'tenant' of the store is ''; expected a name of 1")]
    [InlineData("postgres://u:secret%4@h/d", "The user or the password of the store has a '%' that begins no escape.")]
    [InlineData("postgres://u:secret%zz1@h/d", "The user or the password of the store has a '%' that begins no escape")]
    [InlineData("postgres://u:secret@h/d?colour=red", "The store 'postgres:u:***@h/d' has no setting 'colour'.")]
    [InlineData("postgres://u:secret@h/d?pooler=odd", "The setting 'pooler' of the store is 'odd'")]
    public void What_is_wrong_in_a_uri_is_named_without_its_password(string uri, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => PostgresStoreSchemes.Options(StoreUri.Parse(uri)));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Vault", "public-1")]
    [InlineData("schema", "has space")]
    [InlineData("schema", "Upper")]
    [InlineData("schema", "1st")]
    public void A_schema_that_would_have_to_be_quoted_is_refused(string setting, string schema)
    {
        _ = setting;
        var options = new PostgresStoreOptions { ConnectionString = "Host=h;Password=secret", Schema = schema };

        var error = Assert.Throws<ArgumentException>(options.Validate);

        Assert.Equal("Schema", error.ParamName);
        Assert.Contains("'PostgresStoreOptions.Schema'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Password=secret")]
    [InlineData("Nonsense=1;Password=secret")]
    public void A_connection_without_a_host_is_refused_and_its_password_not_told(string connection)
    {
        var error = Assert.Throws<ArgumentException>(
            new PostgresStoreOptions { ConnectionString = connection }.Validate);

        Assert.Equal("ConnectionString", error.ParamName);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }
}
