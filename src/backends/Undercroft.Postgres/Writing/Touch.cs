using Undercroft.Backends;

namespace Undercroft.Postgres.Writing;

/// <summary>Something that two commits of one round must not both touch: a record, a unique key, an identity.</summary>
internal readonly record struct Touch(string Space, string Name)
{
    /// <summary>Lists what a commit touches, and whether it writes there.</summary>
    public static IEnumerable<(Touch Touch, bool Writes)> Of(Commit commit)
    {
        foreach (var operation in commit.Operations)
        {
            yield return (new Touch(operation.Key.Collection, operation.Key.Id), operation.IsWrite);
            if (operation is not PutOperation put)
            {
                continue;
            }

            foreach (var entry in put.Entries)
            {
                if (entry.IsUnique)
                {
                    // No collection holds U+0000, so that these are apart from records.
                    yield return (
                        new Touch($"{put.Key.Collection}\0{entry.Index}", Convert.ToHexString(entry.Key.Span)), true);
                }
            }
        }

        if (commit.Identity is { } identity)
        {
            yield return (new Touch("\0", identity.ToString()), true);
        }
    }
}
