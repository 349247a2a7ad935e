using System.Buffers.Binary;
using System.Security.Cryptography;
using Undercroft.Files;
using Undercroft.Sqlite;

namespace Undercroft.Bench;

/// <summary>Blobs against the same bytes written to and read from the same kind of store as plain records.</summary>
internal static class BlobGates
{
    private const int Length = 64 * 1024 * 1024;
    private const int PieceLength = 256 * 1024;
    private const int Pieces = Length / PieceLength;
    private const int PiecesPerCommit = 16;
    private const int PiecesPerRead = 4;

    public static IReadOnlyList<Gate> All { get; } =
    [
        Write("sqlite", OpenSqliteAsync),
        Write("files", OpenFilesAsync),
        Read("sqlite", OpenSqliteAsync),
        Read("files", OpenFilesAsync),
    ];

    private static Gate Write(string backend, Func<GateContext, string, ValueTask<Storage>> open) => new(
        $"blob-write-{backend}",
        "a blob of 64 MiB / SHA-256 of the same bytes and records of 256 KiB put raw, 4 MiB a commit, flushed once",
        0.6,
        IsSpeedUp: true,
        context => PrepareWriteAsync(context, open));

    private static Gate Read(string backend, Func<GateContext, string, ValueTask<Storage>> open) => new(
        $"blob-read-{backend}",
        "a blob of 64 MiB, each chunk checked / records of 256 KiB with the same bytes read raw, 1 MiB a read",
        0.8,
        IsSpeedUp: true,
        context => PrepareReadAsync(context, open));

    private static async ValueTask<Contest> PrepareWriteAsync(
        GateContext context, Func<GateContext, string, ValueTask<Storage>> open)
    {
        var ours = await open(context, "ours");
        var floor = await open(context, "floor");
        var bytes = Bytes();
        var turn = 0;
        return new Contest(
            async () =>
            {
                Change(bytes, turn++);
                _ = await ours.Blobs.PutAsync("it", new MemoryStream(bytes));
            },
            async () =>
            {
                Change(bytes, turn++);
                _ = SHA256.HashData(bytes);
                await PutRawAsync(floor, bytes);
            },
            Pieces,
            Pieces,
            () => CloseAsync(ours, floor));
    }

    private static async ValueTask<Contest> PrepareReadAsync(
        GateContext context, Func<GateContext, string, ValueTask<Storage>> open)
    {
        var ours = await open(context, "ours");
        var floor = await open(context, "floor");
        var bytes = Bytes();
        _ = await ours.Blobs.PutAsync("it", new MemoryStream(bytes));
        await PutRawAsync(floor, bytes);
        var buffer = new byte[PieceLength];
        return new Contest(
            async () =>
            {
                await using var stream = (await ours.Blobs.OpenReadAsync("it"))!;
                while (await stream.ReadAsync(buffer) > 0)
                {
                }
            },
            async () =>
            {
                foreach (var keys in Enumerable.Range(0, Pieces).Select(Key).Chunk(PiecesPerRead))
                {
                    var read = await floor.Store.ReadAsync(keys);
                    for (var i = 0; i < keys.Length; i++)
                    {
                        read[i]!.Value.CopyTo(buffer);
                    }
                }
            },
            Pieces,
            Pieces,
            () => CloseAsync(ours, floor));
    }

    private static async ValueTask PutRawAsync(Storage storage, byte[] bytes)
    {
        var pieces = Enumerable.Range(0, Pieces).Chunk(PiecesPerCommit).ToList();
        foreach (var commit in pieces)
        {
            var puts = commit.Select(i => new PutOperation(Key(i), bytes.AsMemory(i * PieceLength, PieceLength)));
            _ = await storage.Store.CommitAsync(new Commit([.. puts])
            {
                Durability = commit == pieces[^1] ? Durability.Disk : Durability.Os,
            });
        }
    }

    private static RecordKey Key(int piece) => new("pieces", $"{piece:d6}");

    private static byte[] Bytes()
    {
        var bytes = new byte[Length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    // Every chunk is a new one.
    private static void Change(byte[] bytes, int turn)
    {
        for (var at = 0; at < bytes.Length; at += 4096)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), turn);
        }
    }

    private static async ValueTask<Storage> OpenSqliteAsync(GateContext context, string name) => new(
        await SqliteStore.OpenAsync(new SqliteStoreOptions { DatabasePath = context.PathOf($"{name}.db") }),
        new StorageOptions { SweepInterval = Timeout.InfiniteTimeSpan });

    private static async ValueTask<Storage> OpenFilesAsync(GateContext context, string name) => new(
        await FileStore.OpenAsync(new FileStoreOptions { Directory = context.PathOf(name) }),
        new StorageOptions { SweepInterval = Timeout.InfiniteTimeSpan });

    private static async ValueTask CloseAsync(Storage ours, Storage floor)
    {
        await ours.DisposeAsync();
        await floor.DisposeAsync();
    }
}
