using System.Globalization;
using Undercroft.Indexes;

namespace Undercroft.Tests.Copies;

/// <summary>Fills and changes a store at random: documents with tags, times and unique values, raw bytes, counters,
/// odd ids and deletions.</summary>
internal sealed class RandomContent(Undercroft.Storage storage, Random random)
{
    private static readonly string[] OddIds = ["..", "a/b", "Ünï", "\u202e", "A", "a", "x\ty", "𐍈", "C:\\"];

    private readonly IRepository<Book> books = storage.Repository(Sample.IndexedBooks);

    public async Task ChangeAsync(int times, CancellationToken cancellationToken)
    {
        for (var i = 0; i < times; i++)
        {
            await ChangeAsync(cancellationToken);
        }
    }

    private async Task ChangeAsync(CancellationToken cancellationToken)
    {
        var number = random.Next(40);
        var id = random.Next(4) == 0
            ? OddIds[random.Next(OddIds.Length)]
            : number.ToString(CultureInfo.InvariantCulture);
        switch (random.Next(8))
        {
            case 0:
                await books.DeleteAsync(id, cancellationToken: cancellationToken);
                break;
            case 1:
                _ = await storage.Counter("c" + (number % 3)).AddAsync(random.Next(-5, 100), cancellationToken);
                break;
            case 2:
                await PutBytesAsync(id, cancellationToken);
                break;
            case 3:
                await SwapSlugsAsync(cancellationToken);
                break;
            default:
                await PutBookAsync(id, cancellationToken);
                break;
        }
    }

    private async Task PutBookAsync(string id, CancellationToken cancellationToken)
    {
        var slug = random.Next(3) == 0 ? null : "s" + random.Next(12);
        try
        {
            _ = await books.UpsertAsync(
                id,
                new Book(id, "author " + random.Next(5), random.Next(100), slug),
                new WriteOptions
                {
                    Tags = random.Next(2) == 0 ? ["one", "t" + random.Next(4)] : null,
                    TimeToLive = random.Next(6) == 0 ? TimeSpan.FromHours(random.Next(1, 9)) : null,
                    Origin = random.Next(3) == 0 ? "somebody" : null,
                },
                cancellationToken);
        }
        catch (UniqueConflictException)
        {
            // The slug is taken: this one stays as it was.
        }
    }

    private async Task PutBytesAsync(string id, CancellationToken cancellationToken)
    {
        var value = new byte[random.Next(200)];
        random.NextBytes(value);
        var put = new PutOperation(new RecordKey("raw", id), value)
        {
            Meta = random.Next(2) == 0 ? RecordMeta.Empty : RecordMeta.Empty.With("by", "hand \u0001"),
            Entries = [new IndexEntry("byLength", IndexKeyWriter.EncodeString(value.Length.ToString("D4", null)))],
        };
        _ = await storage.Store.CommitAsync(new Commit(put), cancellationToken);
    }

    // Two books change their unique values in one commit: what a copy must never tear apart.
    private async Task SwapSlugsAsync(CancellationToken cancellationToken) =>
        await storage.TransactionAsync(
            async tx =>
            {
                var repository = tx.Repository(Sample.IndexedBooks);
                var a = await repository.GetAsync("1", cancellationToken);
                var b = await repository.GetAsync("2", cancellationToken);
                if (a is not null && b is not null)
                {
                    await repository.UpdateAsync(a, a.Value with { Slug = b.Value.Slug }, null, cancellationToken);
                    await repository.UpdateAsync(b, b.Value with { Slug = a.Value.Slug }, null, cancellationToken);
                }
            },
            cancellationToken: cancellationToken);
}
