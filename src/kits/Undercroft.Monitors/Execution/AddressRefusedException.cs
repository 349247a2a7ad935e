namespace Undercroft.Monitors;

/// <summary>A name leads only to addresses that plans may not reach.</summary>
internal sealed class AddressRefusedException(string host, string addresses) : Exception(
    $"the host {Names.Show(host)} is at {addresses}, an address that plans may not reach here. Allow its range in the "
    + "configuration, or aim elsewhere.");
