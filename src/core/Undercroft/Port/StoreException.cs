namespace Undercroft;

/// <summary>A store could not do what it was asked, for a reason that is not the caller's mistake.</summary>
/// <remarks>Filter on <see cref="Kind"/> and <see cref="IsTransient"/>; never on the text.</remarks>
public class StoreException : Exception
{
    /// <summary>Describes a failure: what failed, on what, found and expected, what to do.</summary>
    public StoreException(StoreErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>What kind of failure it is.</summary>
    public StoreErrorKind Kind { get; }

    /// <summary>Whether the same call may succeed later without anybody doing anything.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The backend's name; null where the failure is above the backends.</summary>
    public string? Backend { get; init; }
}
