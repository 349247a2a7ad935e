namespace Undercroft;

/// <summary>The kinds of <see cref="StoreException"/>.</summary>
public enum StoreErrorKind
{
    /// <summary>None of the others; see the inner exception.</summary>
    Unknown = 0,

    /// <summary>The store cannot be reached or is busy.</summary>
    Unavailable,

    /// <summary>Another process holds what only one may hold.</summary>
    InUse,

    /// <summary>The data is damaged, or belongs to something else.</summary>
    Corrupt,

    /// <summary>There is no room left.</summary>
    Full,

    /// <summary>The store, or the place it is kept at, cannot be written.</summary>
    ReadOnly,

    /// <summary>A limit of <see cref="StoreLimits"/> is exceeded.</summary>
    LimitExceeded,

    /// <summary>The backend cannot do this at all.</summary>
    Unsupported,

    /// <summary>The feed can no longer go on from a cursor: rescan.</summary>
    CursorExpired,

    /// <summary>A record changed meanwhile, or a unique value is taken.</summary>
    Conflict,

    /// <summary>A commit's identity was used for another commit, or is too old to be told.</summary>
    IdentityReused,

    /// <summary>What is stored is not what the reader expects: JSON that does not fit its type.</summary>
    Malformed,
}
