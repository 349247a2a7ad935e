namespace Undercroft.AspNetCore;

/// <summary>Settings of the endpoints of monitors.</summary>
public sealed class MonitorApiOptions
{
    /// <summary>Whether callers need no key. The default is false: each call carries one, as
    /// <c>Authorization: Bearer …</c> or <c>X-Api-Key: …</c>.</summary>
    /// <remarks>Without keys a call that changes something is refused where a browser makes it for a page of another
    /// site: see <see cref="AllowedOrigins"/>.</remarks>
    public bool AllowsAnonymous { get; set; }

    /// <summary>The origins of pages of other sites that may change something where callers need no key, such as
    /// <c>https://app.example.com</c>. There is none to begin with.</summary>
    public ISet<string> AllowedOrigins { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How many bytes the body of a request may have. The default is 512 KiB.</summary>
    public int BodyBytesMax { get; set; } = 512 * 1024;

    /// <summary>How long a call waits for the store. The default is 10 seconds; then it is answered with 503, however
    /// long the store itself tries to reach its server.</summary>
    /// <remarks>What the call wanted to change may have been changed nevertheless; the answer says so.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">It is not above zero, or above a day.</exception>
    public TimeSpan StoreTimeout
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1));
            field = value;
        }
    } = TimeSpan.FromSeconds(10);
}
