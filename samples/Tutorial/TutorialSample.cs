// docs:usings
using System.Text.Json.Serialization;
using Undercroft;
using Undercroft.Blobs;
using Undercroft.Copies;

// docs:end

namespace Samples;

// docs:model
internal sealed record Book(string Title, string Author, int Year, int Stock);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Book))]
internal sealed partial class ShopJson : JsonSerializerContext;

internal static class Shop
{
    public static CollectionDefinition<Book> Books { get; } =
        new CollectionDefinition<Book>("books", ShopJson.Default.Book)
            .WithIndex("byAuthor", "author", "-year")
            .WithUnique("byTitle", "title");
}

// docs:end

/// <summary>The tutorial of the documentation, as a program: <c>dotnet run --project samples/Tutorial</c>.</summary>
public static class TutorialSample
{
    /// <summary>Runs the tutorial on a database file that is gone after.</summary>
    public static async Task Main()
    {
        // docs:variables
        var folder = Directory.CreateTempSubdirectory("undercroft-tutorial-");
        var uri = $"sqlite:{Path.Combine(folder.FullName, "shop.db")}";
        var output = Console.Out;
        var picture = new MemoryStream("a picture of Emma"u8.ToArray());

        // docs:end
        try
        {
            await RunAsync(uri, picture, output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Runs the tutorial.</summary>
    /// <param name="uri">The store; it should be empty.</param>
    /// <param name="picture">The picture on a cover.</param>
    /// <param name="output">Where to write what happens.</param>
    public static async Task RunAsync(string uri, Stream picture, TextWriter output)
    {
        // docs:open
        var schemes = new StoreSchemes().AddSqlite().AddFiles();
        await using var storage = await Storage.OpenAsync(uri, schemes);
        var books = storage.Repository(Shop.Books);

        // docs:end
        await WriteAsync(books, output);
        await QueryAsync(books, output);
        await BuyAsync(storage, output);
        await FollowAsync(books, output);
        await CoverAsync(storage, picture, output);
        await CopyAsync(storage, output);
    }

    private static async Task WriteAsync(IRepository<Book> books, TextWriter output)
    {
        // docs:create
        var emma = await books.CreateAsync("emma", new Book("Emma", "Austen", 1815, Stock: 2));
        await output.WriteLineAsync($"{emma.Id} is at {emma.Revision}");

        var again = await books.GetAsync("emma");
        await output.WriteLineAsync(again is null ? "gone" : again.Value.Title);

        // docs:end

        // docs:update
        await books.UpdateAsync(emma, emma.Value with { Stock = 3 });
        try
        {
            await books.UpdateAsync(emma, emma.Value with { Stock = 9 });
        }
        catch (RevisionConflictException conflict)
        {
            await output.WriteLineAsync(conflict.Message);
        }

        // docs:end

        // docs:patch
        await books.PatchAsync("emma", static book => book with { Stock = book.Stock + 1 });
        await books.PatchJsonAsync("emma", """{ "stock": 5 }"""u8.ToArray());

        // docs:end

        // docs:batch
        await books.CreateManyAsync(
        [
            new("persuasion", new Book("Persuasion", "Austen", 1817, Stock: 1)),
            new("villette", new Book("Villette", "Brontë", 1853, Stock: 4)),
            new("jane-eyre", new Book("Jane Eyre", "Brontë", 1847, Stock: 0)),
        ]);
        await books.UpsertAsync(
            "flyer",
            new Book("Summer sale", "us", 2026, Stock: 100),
            new WriteOptions { Tags = ["leaflet"], TimeToLive = TimeSpan.FromDays(30) });

        // docs:end

        // docs:unique
        try
        {
            await books.CreateAsync("emma-2", new Book("Emma", "Somebody else", 2026, Stock: 1));
        }
        catch (UniqueConflictException conflict)
        {
            await output.WriteLineAsync(conflict.Message);
        }

        // docs:end
    }

    private static async Task QueryAsync(IRepository<Book> books, TextWriter output)
    {
        // docs:query
        var inStock = books.Query()
            .Where(book => book.Author == "Brontë" && book.Stock > 0)
            .OrderByDescending(book => book.Year);
        await foreach (var book in inStock.StreamAsync())
        {
            await output.WriteLineAsync($"{book.Value.Title} ({book.Value.Year})");
        }

        // docs:end

        // docs:page
        var query = books.Query().OrderBy(book => book.Author).ThenByDescending(book => book.Year).Take(2);
        var page = await query.ToPageAsync();
        var next = await query.After(page.Next).ToPageAsync();
        await output.WriteLineAsync($"{page.Items.Count} books, then {next.Items.Count}");

        // docs:end

        // docs:aggregate
        var perAuthor = await books.Query().GroupBy(book => book.Author).SumAsync(book => book.Stock);
        await output.WriteLineAsync(string.Join(", ", perAuthor.Select(author => $"{author.Key} {author.Value}")));

        // docs:end

        // docs:json
        var leaflets = books.Query().WhereJson("""{ "year": { "gte": 2000 } }""").WithTag("leaflet");
        await output.WriteLineAsync($"{await leaflets.CountAsync()} leaflet");

        // docs:end

        // docs:explain
        var plan = await query.ExplainAsync();
        await output.WriteLineAsync(plan.ToString());

        // docs:end
    }

    private static async Task BuyAsync(Storage storage, TextWriter output)
    {
        // docs:transaction
        await storage.TransactionAsync(async tx =>
        {
            var shelf = tx.Repository(Shop.Books);
            var book = await shelf.GetAsync("emma") ?? throw new InvalidOperationException("We never had it.");
            if (book.Value.Stock == 0)
            {
                throw new InvalidOperationException("Sold out.");
            }

            await shelf.UpdateAsync(book, book.Value with { Stock = book.Value.Stock - 1 });
            await tx.Counter("sold").AddAsync(1);
        });

        // docs:end

        var sold = await storage.Counter("sold").GetAsync();
        await output.WriteLineAsync($"{sold} sold");
    }

    private static async Task FollowAsync(IRepository<Book> books, TextWriter output)
    {
        // docs:follow
        using var enough = new CancellationTokenSource();
        var seen = 0;
        var cursor = FeedCursor.Beginning;
        try
        {
            await foreach (var change in books.ChangesAsync(cursor, enough.Token))
            {
                await output.WriteLineAsync($"{change.Revision}: {change.Id}");
                cursor = change.Cursor;
                if (++seen == 5)
                {
                    await enough.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            await output.WriteLineAsync("to be continued from the cursor");
        }

        // docs:end
    }

    private static async Task CoverAsync(Storage storage, Stream picture, TextWriter output)
    {
        // docs:blob
        var cover = await storage.Blobs.PutAsync(
            "covers/emma.png", picture, new BlobWriteOptions { ContentType = "image/png" });
        await output.WriteLineAsync($"{cover.Name}: {cover.Length} bytes");

        // docs:end
    }

    private static async Task CopyAsync(Storage storage, TextWriter output)
    {
        // docs:copy
        await using var twin = await Storage.OpenAsync("memory:");
        await new StoreCopy(storage.Store, twin.Store).RunAsync();
        var comparison = await StoreComparison.CompareAsync(storage.Store, twin.Store);
        await output.WriteLineAsync(comparison.AreEqual ? "the copy is equal" : "the copy differs");

        // docs:end
    }
}
