using Undercroft.Jobs;

namespace Undercroft.Redis.Jobs;

/// <summary>A row in a run of the judge.</summary>
/// <param name="id">The job's id.</param>
/// <param name="stored">The row as it is stored.</param>
internal sealed class JobEntry(JobId id, JobStored stored)
{
    public JobId Id => id;

    public JobStored Stored => stored;

    /// <summary>The row as it is now; null where there is none.</summary>
    public JobRow? Row { get; set; } = stored.Exists ? stored.ToRow(id) : null;

    /// <summary>Whether somebody asked for it, and not only passed it in a list.</summary>
    public bool IsAsked { get; set; }

    /// <summary>Whether it is to be kept, or forgotten.</summary>
    public bool IsChanged { get; set; }

    /// <summary>Where it is stored; null where it is not, or was not changed.</summary>
    public (JobPlace Place, JobMember Member, JobState State)? Was { get; set; }

    /// <summary>What will be stored, behind the version; empty where nothing will.</summary>
    public byte[] Form { get; set; } = [];
}
