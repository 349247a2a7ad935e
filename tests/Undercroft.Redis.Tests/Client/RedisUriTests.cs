using Undercroft.Redis.Client;

namespace Undercroft.Redis.Tests.Client;

public sealed class RedisUriTests
{
    [Fact]
    public void A_short_one_means_the_usual_things()
    {
        var options = Parse("redis://localhost");

        Assert.Equal([new RedisEndpoint("localhost", 6379)], options.Endpoints);
        Assert.Equal(
            (RedisTopologyKind.Discover, null, null, 0),
            (options.Topology, options.User, options.Password, options.Database));
        Assert.Null(options.Tls);
    }

    [Fact]
    public void A_long_one_says_everything()
    {
        var options = Parse("rediss://keeper:p%40ss:w/rd@[::1]:7000,b,c:7002/3?connectTimeout=3s");

        Assert.Equal([new("::1", 7000), new("b", 6379), new("c", 7002)], options.Endpoints);
        Assert.Equal("[::1]:7000", options.Endpoints[0].ToString());
        Assert.Equal(("keeper", "p@ss:w/rd", 3), (options.User, options.Password, options.Database));
        Assert.Equal(TimeSpan.FromSeconds(3), options.ConnectTimeout);
        Assert.NotNull(options.Tls);
    }

    [Fact]
    public void What_a_store_has_no_place_for_is_no_setting()
    {
        var error = Assert.Throws<ArgumentException>(
            () => RedisStoreSchemes.Options(StoreUri.Parse("redis://a?cluster=true")));

        Assert.StartsWith("The store 'redis:a' has no setting 'cluster'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sentinels_come_with_the_name_of_the_primary()
    {
        var options = Parse("redis+sentinel://:pw@a,b:5000/vault/2?sentinelPassword=other");

        Assert.Equal([new("a", 26379), new("b", 5000)], options.Endpoints);
        Assert.Equal(
            (RedisTopologyKind.Sentinel, "vault", 2, "pw", "other"),
            (options.Topology, options.SentinelName, options.Database, options.Password, options.SentinelPassword));
    }

    [Theory]
    [InlineData("redis://", "names no host")]
    [InlineData("redis://:6379", "names no host")]
    [InlineData("redis://a,,b", "names no host")]
    [InlineData("redis://a:0", "is no port")]
    [InlineData("redis://a:70000", "is no port")]
    [InlineData("redis://a:x", "is no port")]
    [InlineData("redis://hidden@a", "there is no password")]
    [InlineData("redis://hidden:@a", "there is no password")]
    [InlineData("redis://u:hidden@a/first", "no database's number")]
    [InlineData("redis:a:6379,password=hidden", "the connection string of another client")]
    [InlineData("redis://u:hidden@a/0/1", "no database's number")]
    [InlineData("redis+sentinel://u:hidden@a", "which primary")]
    [InlineData("redis://u:hidden@a?ca=x", "is for TLS")]
    [InlineData("rediss://u:hidden@a?ca=/none/at/all", "cannot be read as PEM")]
    [InlineData("rediss://u:hidden@a?cert=/none/at/all", "cannot be read as PEM")]
    [InlineData("redis://u:hidden@a?clientName=a%20b", "a blank")]
    public void What_is_wrong_is_said_without_secrets(string uri, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => Parse(uri));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("The Redis URI cannot be used: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
    }

    private static RedisClientOptions Parse(string uri) => RedisUri.Parse(StoreUri.Parse(uri));
}
