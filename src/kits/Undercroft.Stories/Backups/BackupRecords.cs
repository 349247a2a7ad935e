using System.Globalization;
using System.Security.Cryptography;

namespace Undercroft.Stories;

/// <summary>Keeps the bytes of backups in the store.</summary>
/// <remarks>
/// What fits into one commit is one commit. A larger backup first takes its number, then writes its parts, then says
/// that it is complete; until then nobody sees it, and one that was cut off is deleted by a later rotation.
/// </remarks>
internal sealed class BackupRecords(Storage storage)
{
    private const int PartBytesMax = 4 * 1024 * 1024;
    private const int PageSize = 100;

    private static readonly CollectionDefinition<BackupDocument> Heads =
        new CollectionDefinition<BackupDocument>("story-backups", StoryJsonForm.Context.BackupDocument)
            .WithIndex("by-story", "storyId", "-number");

    private static readonly CollectionDefinition<ReadOnlyMemory<byte>> PartDefinition =
        new("story-backup-parts", new BytesCodec());

    private readonly IRepository<BackupDocument> heads = storage.Repository(Heads);
    private readonly IRepository<ReadOnlyMemory<byte>> parts = storage.Repository(PartDefinition);

    /// <summary>Writes a backup under the next number of its story.</summary>
    public async ValueTask<StoryBackup> WriteAsync(
        StoryBackup backup, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var size = Math.Min(PartBytesMax, storage.Info.Limits.ValueBytesMax);
        var count = Math.Max(1, (int)((bytes.Length + (long)size - 1) / size));
        ReadOnlyMemory<byte> Part(int i) => bytes.Slice(i * size, Math.Min(size, bytes.Length - (i * size)));
        var isSmall = bytes.Length <= storage.Info.Limits.CommitBytesMax / 2
            && count + PageSize <= storage.Info.Limits.OperationsMax;
        var head = new BackupDocument(backup.StoryId, 0, count, isSmall, backup);
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                head = await NumberAsync(transaction, head, cancellationToken).ConfigureAwait(false);
                for (var i = 0; i < count && isSmall; i++)
                {
                    _ = await transaction.Repository(PartDefinition)
                        .UpsertAsync(PartId(head, i), Part(i), null, cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        if (!isSmall)
        {
            for (var i = 0; i < count; i++)
            {
                _ = await parts.UpsertAsync(PartId(head, i), Part(i), null, cancellationToken).ConfigureAwait(false);
            }

            _ = await heads.PatchAsync(
                Id(head), static known => known with { IsComplete = true }, null, cancellationToken)
                .ConfigureAwait(false)
                ?? throw new StoreException(
                    StoreErrorKind.Conflict,
                    $"Cannot back up {Names.Show(backup.StoryId)}: the backup was deleted while it was written. Take "
                    + "it again.");
        }

        return head.Backup;
    }

    /// <summary>Finds one backup; null where there is none.</summary>
    public async ValueTask<BackupDocument?> FindAsync(
        string storyId, long number, CancellationToken cancellationToken)
    {
        var found = await heads.GetAsync(Id(storyId, number), cancellationToken).ConfigureAwait(false);
        return found is { Value.IsComplete: true } ? found.Value : null;
    }

    /// <summary>Lists the backups of a story, the newest first; those that were cut off too.</summary>
    public IAsyncEnumerable<Document<BackupDocument>> ListAsync(
        string storyId, CancellationToken cancellationToken) =>
        heads.Query().Where(head => head.StoryId == storyId).OrderBy("storyId", "-number")
            .StreamAsync(cancellationToken);

    /// <summary>Lists all backups, story by story.</summary>
    public IAsyncEnumerable<Document<BackupDocument>> ListAllAsync(CancellationToken cancellationToken) =>
        heads.Query().OrderBy("storyId", "-number").StreamAsync(cancellationToken);

    /// <summary>Reads the bytes of a backup and checks that they are those that were written.</summary>
    public async ValueTask<byte[]> ReadAsync(BackupDocument head, CancellationToken cancellationToken)
    {
        var bytes = new byte[head.Backup.Bytes];
        var at = 0;
        for (var i = 0; i < head.Parts; i++)
        {
            var part = await parts.GetAsync(PartId(head, i), cancellationToken).ConfigureAwait(false);
            if (part is null || part.Value.Length > bytes.Length - at)
            {
                throw Damaged(head, $"part {i + 1} of {head.Parts} is missing or too long");
            }

            part.Value.CopyTo(bytes.AsMemory(at));
            at += part.Value.Length;
        }

        return at == bytes.Length && Hash(bytes) == head.Backup.Sha256
            ? bytes
            : throw Damaged(head, "its bytes are not those that were written");
    }

    /// <summary>Deletes a backup.</summary>
    public async ValueTask DeleteAsync(BackupDocument head, CancellationToken cancellationToken)
    {
        // The head first: a backup that can be seen is whole.
        _ = await heads.DeleteAsync(Id(head), cancellationToken: cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < head.Parts; i++)
        {
            _ = await parts.DeleteAsync(PartId(head, i), cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The SHA-256 in lower-case hexadecimal.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    // The number is part of the id, so of two that take the same one the later goes on with the next.
    private static async ValueTask<BackupDocument> NumberAsync(
        ITransaction transaction, BackupDocument head, CancellationToken cancellationToken)
    {
        var all = transaction.Repository(Heads);
        var newest = await all.Query().Where(known => known.StoryId == head.StoryId).OrderBy("storyId", "-number")
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        var number = (newest?.Value.Number ?? 0) + 1;
        head = head with { Number = number, Backup = head.Backup with { Number = number } };
        _ = await all.CreateAsync(Id(head), head, null, cancellationToken).ConfigureAwait(false);
        return head;
    }

    private static string Id(BackupDocument head) => Id(head.StoryId, head.Number);

    private static string Id(string storyId, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{LibraryCollections.ShortId(storyId)}/{number}");

    private static string PartId(BackupDocument head, int part) =>
        string.Create(CultureInfo.InvariantCulture, $"{Id(head)}/{part}");

    private static StoreException Damaged(BackupDocument head, string why) => new(
        StoreErrorKind.Corrupt,
        $"Cannot read backup {head.Number} of {Names.Show(head.StoryId)}: {why}. Restore another one.");

    private sealed class BytesCodec : DocumentCodec<ReadOnlyMemory<byte>>
    {
        public override ReadOnlyMemory<byte> Encode(ReadOnlyMemory<byte> value) => value;

        public override ReadOnlyMemory<byte> Decode(RecordKey key, ReadOnlyMemory<byte> bytes) => bytes;
    }
}
