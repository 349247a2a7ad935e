namespace Undercroft.AspNetCore;

/// <summary>Settings of the endpoints of monitors.</summary>
public sealed class MonitorApiOptions
{
    /// <summary>Whether callers need no key. The default is false: each call carries one, as
    /// <c>Authorization: Bearer …</c> or <c>X-Api-Key: …</c>.</summary>
    public bool AllowsAnonymous { get; set; }

    /// <summary>How many bytes the body of a request may have. The default is 512 KiB.</summary>
    public int BodyBytesMax { get; set; } = 512 * 1024;
}
