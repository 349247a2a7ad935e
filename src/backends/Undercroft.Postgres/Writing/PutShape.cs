namespace Undercroft.Postgres.Writing;

/// <summary>How much a put gives: the parameters of its statement.</summary>
internal enum PutShape
{
    /// <summary>A value.</summary>
    Bare,

    /// <summary>A value and keys of the first half of the slots.</summary>
    Half,

    /// <summary>A value and keys of any slots.</summary>
    Keyed,

    /// <summary>Anything: also times, an expiry, an origin or a meta.</summary>
    Full,
}
