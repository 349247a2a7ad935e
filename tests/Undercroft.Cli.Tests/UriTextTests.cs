using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Tests;

public sealed class UriTextTests
{
    [Theory]
    [InlineData("postgres://app:secret@h:6101/app?tenant=t1&timeout=9s", "postgres://app:***@h:6101/app?tenant=t1")]
    [InlineData("postgres://app:secret@h/app", "postgres://app:***@h/app")]
    [InlineData("redis://mini:secret@h/0?store=acl&sentinelPassword=secret", "redis://mini:***@h/0?store=acl")]
    [InlineData("redis://mini:secret?x@h/0?store=secret", "redis://mini:***")]
    [InlineData("postgres://h/app?tenant=t1&timeout=9s", "postgres://h/app?tenant=t1&timeout=9s")]
    [InlineData("sqlite:app.db?busyTimeout=5s", "sqlite:app.db?busyTimeout=5s")]
    public void A_store_is_shown_with_what_tells_it_from_others_and_without_its_secret(string uri, string expected)
    {
        var shown = UriText.Shown(StoreUri.Parse(uri));

        Assert.Equal(expected, shown);
        Assert.DoesNotContain("secret", shown, StringComparison.Ordinal);
    }
}
