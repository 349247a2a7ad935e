namespace Undercroft;

/// <summary>A limit of <see cref="StoreLimits"/> is exceeded. Nothing was read or written.</summary>
public sealed class LimitExceededException : StoreException
{
    /// <summary>Describes what is too large.</summary>
    /// <param name="what">What was given, as a noun with its place: <c>the value of 'a/b'</c>.</param>
    /// <param name="limit">The limit's name in <see cref="StoreLimits"/>.</param>
    /// <param name="allowed">The most allowed.</param>
    /// <param name="found">What was found.</param>
    public LimitExceededException(string what, string limit, long allowed, long found)
        : base(
            StoreErrorKind.LimitExceeded,
            FormattableString.Invariant(
                $"The store refuses {what}: {limit} is {allowed}, found {found}. Make it smaller or split it."))
    {
        Limit = limit;
        Allowed = allowed;
        Found = found;
    }

    /// <summary>The limit's name in <see cref="StoreLimits"/>.</summary>
    public string Limit { get; }

    /// <summary>The most allowed.</summary>
    public long Allowed { get; }

    /// <summary>What was found.</summary>
    public long Found { get; }
}
