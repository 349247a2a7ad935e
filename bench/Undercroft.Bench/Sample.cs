using System.Text.Json.Serialization;

namespace Undercroft.Bench;

/// <summary>A document of about one kilobyte, like the floors' records.</summary>
internal sealed record Story(
    string Id, string Title, string Author, int Score, string[] Tags, DateTimeOffset CreatedAt, string Text)
{
    public static Story Make(int number) => new(
        $"story-{number:D7}",
        $"The story of number {number}",
        $"author-{number % 1000:D4}",
        (int)((number * 2_654_435_761L) % 100_000),
        ["one", "two", $"tag-{number % 50}"],
        DateTimeOffset.UnixEpoch.AddSeconds(number),
        string.Create(700, number, static (span, seed) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = (char)('a' + (((i * 7) + seed + (i / 11)) % 26));
            }
        }));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Story))]
internal sealed partial class BenchJson : JsonSerializerContext;
