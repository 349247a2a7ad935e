using System.Text.Json.Serialization;

namespace Undercroft.Tests.Queries;

internal enum Mood
{
    Calm = 0,
    Wild,
    Sad,
}

[JsonConverter(typeof(JsonStringEnumConverter<Genre>))]
internal enum Genre
{
    Tale = 0,
    Poem,
}

internal sealed record Person(string Name, int? Age = null);

internal sealed record Note(string Text, int Stars);

internal sealed class Article
{
    public string Title { get; init; } = "";

    [JsonPropertyName("words_total")]
    public int Words { get; init; }

    public Person? Author { get; init; }

    public Mood Mood { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<Mood>))]
    public Mood Tone { get; init; }

    public Genre Genre { get; init; }

    public Genre? Other { get; init; }

    public bool IsDraft { get; init; }

    public DateTimeOffset PublishedAt { get; init; }

    public decimal Price { get; init; }

    public double Ratio { get; init; }

    public byte Level { get; init; }

    public Guid Key { get; init; }

    public IReadOnlyList<string> Labels { get; init; } = [];

    public int[] Ranks { get; init; } = [];

    public IReadOnlyList<Note> Notes { get; init; } = [];

    public Dictionary<string, string> Extra { get; init; } = [];

    [JsonIgnore]
    public string Hidden => Title;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Article))]
internal sealed partial class ArticleJson : JsonSerializerContext;
