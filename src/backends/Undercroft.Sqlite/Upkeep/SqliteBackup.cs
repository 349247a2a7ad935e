using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Upkeep;

/// <summary>Copies the database while others write. The copy has its name only once it is whole.</summary>
internal sealed class SqliteBackup(
    SqliteFile file, string target, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
{
    private const int PagesPerStep = 256;

    private readonly string target = Path.GetFullPath(target);

    /// <summary>Copies all pages out of the connection's snapshot.</summary>
    public MaintenanceReport Run(SqliteConnection source)
    {
        if (Path.Exists(target))
        {
            throw SqliteErrors.Refuse(
                StoreErrorKind.Conflict, file.Path,
                $"the backup {Names.Show(target)} exists already", "Choose another name, or remove it.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(target)))
        {
            throw SqliteErrors.Refuse(
                StoreErrorKind.Unavailable, file.Path,
                $"the folder of the backup {Names.Show(target)} does not exist", "Make it first.");
        }

        var partial = target + ".partial";
        File.Delete(partial);
        try
        {
            // The snapshot begins with the first read; the copy is of that instant, whatever is committed meanwhile.
            var records = source.Query("SELECT count(*) FROM records") ?? 0;
            CopyOrTell(source, partial);
            File.Move(partial, target, overwrite: false);
            return new MaintenanceReport
            {
                Examined = records,
                Changed = records,
                StoredBytes = new FileInfo(target).Length,
            };
        }
        finally
        {
            File.Delete(partial);
            File.Delete(partial + "-journal");
        }
    }

    // Where the place of the copy is at fault, that is what must be named: the store is well.
    private void CopyOrTell(SqliteConnection source, string partial)
    {
        try
        {
            Copy(source, partial);
        }
        catch (SqliteException error) when (error.Primary is SqliteCode.Full or SqliteCode.CannotOpen
            or SqliteCode.ReadOnly or SqliteCode.Permission or SqliteCode.IoError)
        {
            throw SqliteErrors.Translate(error, $"write the backup of {Names.Show(file.Path)}", target);
        }
    }

    private unsafe void Copy(SqliteConnection source, string partial)
    {
        var library = file.Library;
        using var copy = SqliteConnection.Open(
            library, partial, SqliteCode.OpenReadWrite | SqliteCode.OpenCreate, file.Options.Vfs);
        fixed (byte* main = "main\0"u8)
        {
            var backup = library.BackupStart(copy.Handle, main, source.Handle, main);
            if (backup == 0)
            {
                throw copy.Error(SqliteCode.Error);
            }

            var code = SqliteCode.Ok;
            try
            {
                while (code == SqliteCode.Ok)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    code = library.BackupStep(backup, PagesPerStep);
                    var total = library.BackupPages(backup);
                    progress?.Report((total - library.BackupLeft(backup), total));
                }
            }
            finally
            {
                var finished = library.BackupFinish(backup);
                code = code == SqliteCode.Done ? finished : code;
            }

            copy.Check(code);
        }
    }
}
