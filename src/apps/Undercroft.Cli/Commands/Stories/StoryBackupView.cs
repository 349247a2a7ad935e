using Undercroft.Cli.Output;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary>What <c>stories backups</c> writes with <c>--json</c> for each backup.</summary>
internal sealed record StoryBackupView(
    string StoryId,
    long Number,
    string Name,
    DateTimeOffset TakenAt,
    string Reason,
    long Revision,
    long Bytes,
    string Sha256)
{
    public static StoryBackupView Of(StoryBackup backup) => new(
        backup.StoryId,
        backup.Number,
        backup.Name,
        backup.TakenAt,
        Word(backup.Reason),
        backup.Revision,
        backup.Bytes,
        backup.Sha256);

    public static TableView Table(IEnumerable<StoryBackup> backups)
    {
        var table = new TableView("Title", ">Backup", "Taken", "Reason", ">Size", "Story");
        foreach (var backup in backups)
        {
            table.Add(
                backup.Name,
                Amounts.Count(backup.Number),
                Amounts.Time(backup.TakenAt),
                Word(backup.Reason),
                Amounts.Bytes(backup.Bytes),
                backup.StoryId);
        }

        return table;
    }

    private static string Word(StoryBackupReason reason) => reason switch
    {
        StoryBackupReason.Asked => "asked",
        StoryBackupReason.BeforeSave => "before save",
        _ => "before restore",
    };
}
