using System.Net;

namespace Undercroft.Monitors.Tests.Execution;

/// <summary>Which addresses plans may reach.</summary>
public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.1.2")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1%3")]
    [InlineData("fd00::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:1:2::3")]
    [InlineData("2001:db8::1")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b:1::7f00:1")]
    [InlineData("100::1")]
    [InlineData("4000::1")]
    [InlineData("5f00::1")]
    [InlineData("fec0::1")]
    public void Special_addresses_are_refused_in_every_form(string address) =>
        Assert.False(AddressGuard.Strict.Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::101:101")]
    [InlineData("2002:101:101::")]
    public void Public_addresses_are_allowed(string address) =>
        Assert.True(AddressGuard.Strict.Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("loopback", "127.0.0.1", true)]
    [InlineData("loopback", "::1", true)]
    [InlineData("loopback", "::ffff:127.0.0.1", true)]
    [InlineData("loopback", "10.0.0.1", false)]
    [InlineData("private", "10.0.0.1", true)]
    [InlineData("private", "127.0.0.1", true)]
    [InlineData("private", "169.254.169.254", false)]
    [InlineData("10.1.0.0/16", "10.1.2.3", true)]
    [InlineData("10.1.0.0/16", "10.2.2.3", false)]
    [InlineData("192.168.1.7", "192.168.1.7", true)]
    [InlineData("192.168.1.7", "192.168.1.8", false)]
    [InlineData("fe80::1", "fe80::1%3", true)]
    public void Ranges_are_allowed_by_name(string range, string address, bool isAllowed) =>
        Assert.Equal(isAllowed, AddressGuard.Parse(range).Allows(IPAddress.Parse(address)));

    [Fact]
    public void A_range_that_is_none_is_refused() => Assert.StartsWith(
        "'10.0.0.0/99' is no range of addresses; expected 'loopback', 'private', an address, or a range such as",
        Assert.Throws<ArgumentException>(() => AddressGuard.Parse("10.0.0.0/99")).Message,
        StringComparison.Ordinal);
}
