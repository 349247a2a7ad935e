namespace Undercroft;

/// <summary>What a store can do beyond the laws that all of them keep.</summary>
[Flags]
public enum StoreCapabilities
{
    /// <summary>Nothing beyond the laws.</summary>
    None = 0,

    /// <summary>What was committed is there when the store is opened again.</summary>
    Persistent = 1,

    /// <summary>Several processes may have it open and write; each sees and is woken by the others' commits.</summary>
    SharedWriters = 2,

    /// <summary><see cref="MaintenanceKind.Backup"/> works.</summary>
    Backup = 4,

    /// <summary>Commits are refused.</summary>
    ReadOnly = 8,

    /// <summary>It keeps jobs itself: a commit may carry job operations, and <see cref="Jobs.IJobStore"/> is there to
    /// ask for. On other stores a <see cref="Jobs.JobStore"/> keeps them as records.</summary>
    Jobs = 16,
}
