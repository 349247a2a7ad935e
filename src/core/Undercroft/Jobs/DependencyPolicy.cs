namespace Undercroft.Jobs;

/// <summary>What becomes of a job where one it depends on ends without success.</summary>
public enum DependencyPolicy
{
    /// <summary>It is cancelled too, and so are those that depend on it.</summary>
    Cancel = 0,

    /// <summary>It is dead too.</summary>
    Fail,

    /// <summary>It runs all the same.</summary>
    Ignore,
}
