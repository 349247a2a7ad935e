using System.Text.Json.Serialization;

namespace Undercroft.Tests;

internal sealed record Book(string Title, string Author, int Score, string? Slug = null);

internal sealed record Positive
{
    public Positive(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number);
        Number = number;
    }

    public int Number { get; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Book))]
[JsonSerializable(typeof(Positive))]
internal sealed partial class SampleJson : JsonSerializerContext;

internal static class Sample
{
    public static CollectionDefinition<Book> Books { get; } = new("books", SampleJson.Default.Book);

    public static CollectionDefinition<Book> IndexedBooks { get; } =
        Books.WithIndex("byAuthor", "author", "-score").WithUnique("bySlug", "slug");

    /// <summary>A storage in memory that sweeps only when told to.</summary>
    public static Undercroft.Storage Open(TimeProvider? clock = null, IStore? store = null) => new(
        store ?? new MemoryStore(clock: clock),
        new StorageOptions { Clock = clock ?? TimeProvider.System, SweepInterval = Timeout.InfiniteTimeSpan });
}
