namespace Undercroft.Crash.Tests;

/// <summary>Jobs without end in one SQLite file, which does not grow.</summary>
public sealed class SqliteJobSoak : JobSoak, IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-soak-");

    protected override string Store => $"sqlite:{Path.Combine(folder.FullName, "jobs.db")}";

    protected override (string Name, long Slack) Waste => ("pages", 256);

    public void Dispose() => folder.Delete(recursive: true);

    protected override ValueTask<long> WasteAsync() =>
        new(new FileInfo(Path.Combine(folder.FullName, "jobs.db")).Length / 4096);
}
