namespace Undercroft.Postgres.Writing;

/// <summary>Commits of one put that can share a statement: those of one kind.</summary>
internal enum PutKind
{
    /// <summary>It is something else, or needs more than a row of its own.</summary>
    None,

    /// <summary>A put without a condition.</summary>
    Any,

    /// <summary>A put where nothing is.</summary>
    Absent,

    /// <summary>A put over a record, or a revision of it.</summary>
    Match,
}
