namespace Undercroft.Jobs;

/// <summary>What <see cref="JobJudge"/> asks of a backend: rows by id and in sorted lists, and small cells. The backend
/// holds whatever makes them stand still until the judge is done, and keeps all of it or nothing.</summary>
public interface IJobState
{
    /// <summary>Finds a row, one that has ended too. Asked twice in a run, it is the same object.</summary>
    JobRow? Find(JobId id);

    /// <summary>Hears that a row is about to change. <see cref="Save"/> or <see cref="Drop"/> follows.</summary>
    void Change(JobRow row);

    /// <summary>Keeps a new row, or one that was changed.</summary>
    void Save(JobRow row);

    /// <summary>Forgets a row that was to change.</summary>
    void Drop(JobRow row);

    /// <summary>Adds the first rows of a list, in its order, with what this run has changed.</summary>
    void Walk(in JobPlace place, int max, ICollection<JobRow> rows);

    /// <summary>Finds a cell. Asked twice in a run, it is the same object.</summary>
    JobCell? FindCell(JobCellKind kind, string key);

    /// <summary>Keeps a cell, new or changed.</summary>
    void SaveCell(JobCell cell);

    /// <summary>Forgets a cell.</summary>
    void DropCell(JobCell cell);

    /// <summary>Adds the first cells of a kind whose time has come, by their times.</summary>
    void WalkCells(JobCellKind kind, long until, int max, ICollection<JobCell> cells);

    /// <summary>Draws the place of a new job among all.</summary>
    long NextOrder();
}
