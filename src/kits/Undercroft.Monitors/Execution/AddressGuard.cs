using System.Net;

namespace Undercroft.Monitors;

/// <summary>Which addresses a plan may reach. Private, loopback, link-local and other special ranges are refused unless
/// they are allowed by name, in whatever form they are written: an address of IPv4 inside of one of IPv6 is judged as
/// the one it leads to. Immutable.</summary>
/// <remarks>It is asked with the address a connection is made to, after the name was looked up, for each redirect
/// anew: what a name says at another time does not count.</remarks>
public sealed class AddressGuard
{
    // IANA's registries of special-purpose addresses.
    private static readonly IPNetwork[] Refused =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",

            // Of IPv6 only 2000::/3 has been given to anybody; the rest is local, or leads somewhere else.
            "::/3", "4000::/2", "8000::/1", "2001::/23", "2001:db8::/32", "3fff::/20",
        }.Select(static text => IPNetwork.Parse(text)),
    ];

    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    private static readonly IPNetwork[] Private =
    [
        .. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7" }
            .Select(static text => IPNetwork.Parse(text)),
    ];

    private static readonly IPNetwork[] Loopback =
        [.. new[] { "127.0.0.0/8", "::1/128" }.Select(static text => IPNetwork.Parse(text))];

    private readonly IReadOnlyList<IPNetwork> allowed;

    /// <summary>Makes a guard.</summary>
    /// <param name="allowed">Ranges that are special and allowed nevertheless.</param>
    public AddressGuard(params IEnumerable<IPNetwork> allowed) => this.allowed = [.. allowed];

    /// <summary>Refuses all special ranges.</summary>
    public static AddressGuard Strict { get; } = new();

    /// <summary>Makes a guard from what people write.</summary>
    /// <param name="ranges"><c>loopback</c>, <c>private</c>, an address, or a range such as <c>10.1.0.0/16</c>.</param>
    /// <exception cref="ArgumentException">One of them is none of these.</exception>
    public static AddressGuard Parse(params IEnumerable<string> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        return new AddressGuard(ranges.SelectMany(Read));
    }

    /// <summary>Says whether an address may be reached.</summary>
    public bool Allows(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var target = Target(address);
        return allowed.Any(range => range.Contains(target)) || !Refused.Any(range => range.Contains(target));
    }

    // The address that answers in the end.
    private static IPAddress Target(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
        {
            var bytes = address.GetAddressBytes();
            if (Translated.Contains(address))
            {
                return new IPAddress(bytes.AsSpan(12, 4));
            }

            if (SixToFour.Contains(address))
            {
                return new IPAddress(bytes.AsSpan(2, 4));
            }

            // Without the scope, which no range has.
            return new IPAddress(bytes);
        }

        return address;
    }

    private static IPNetwork[] Read(string text) => text switch
    {
        "loopback" => Loopback,
        "private" => [.. Private, .. Loopback],
        _ when IPNetwork.TryParse(text, out var range) => [range],
        _ when IPAddress.TryParse(text, out var address) =>
            [new IPNetwork(address, address.GetAddressBytes().Length * 8)],
        _ => throw new ArgumentException(
            $"{Names.Show(text)} is no range of addresses; expected 'loopback', 'private', an address, or a range such "
            + "as 10.1.0.0/16.",
            nameof(text)),
    };
}
