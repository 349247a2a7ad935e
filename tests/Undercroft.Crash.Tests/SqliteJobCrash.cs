namespace Undercroft.Crash.Tests;

/// <summary>Workers of one SQLite file, killed.</summary>
public sealed class SqliteJobCrash : JobCrash, IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-jobs-");

    protected override string Store => $"sqlite:{Path.Combine(folder.FullName, "jobs.db")}";

    public void Dispose() => folder.Delete(recursive: true);
}
