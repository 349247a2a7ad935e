namespace Undercroft;

/// <summary>The identity of a commit was used before for a commit with other content, or is too old to be told. Nothing
/// was written.</summary>
public sealed class CommitIdentityException : StoreException
{
    /// <summary>Describes what is wrong with an identity.</summary>
    public CommitIdentityException(CommitIdentity identity, string reason)
        : base(
            StoreErrorKind.IdentityReused,
            FormattableString.Invariant(
                $"The store refuses commit {identity.Number} of client {identity.Client}: {reason}. ") +
            "Give each commit a number of its own, and retry it unchanged.") => Identity = identity;

    /// <summary>The identity refused.</summary>
    public CommitIdentity Identity { get; }
}
