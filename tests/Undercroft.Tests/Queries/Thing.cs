using System.Text.Json;
using System.Text.Json.Serialization;

namespace Undercroft.Tests.Queries;

/// <summary>An id with a type of its own, written as its text.</summary>
[JsonConverter(typeof(OwnerConverter))]
internal readonly record struct Owner(string Value)
{
    public static implicit operator string(Owner owner) => owner.Value;

    public static explicit operator Owner(string value) => new(value.Trim());
}

internal sealed class OwnerConverter : JsonConverter<Owner>
{
    public override Owner Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, Owner value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

internal sealed record Part(string Name, int Size, string? Note);

/// <summary>A document with a member of every type that queries by expression know something of.</summary>
internal sealed class Thing
{
    public int Count { get; init; }

    public int? Maybe { get; init; }

    public long Big { get; init; }

    public byte Level { get; init; }

    public Int128 Huge { get; init; }

    public float Single { get; init; }

    public double Ratio { get; init; }

    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double Wild { get; init; }

    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long Serial { get; init; }

    public decimal Price { get; init; }

    public decimal? Cost { get; init; }

    public bool Flag { get; init; }

    public bool? Sure { get; init; }

    public string Name { get; init; } = "";

    public string? Nick { get; init; }

    public char Letter { get; init; }

    public Guid Key { get; init; }

    public DateTimeOffset At { get; init; }

    public DateTime When { get; init; }

    public DateTime? Until { get; init; }

    public DateOnly Day { get; init; }

    public TimeSpan Span { get; init; }

    public Mood Mood { get; init; }

    public Genre Genre { get; init; }

    public Genre? Other { get; init; }

    public Owner Owner { get; init; } = new("nobody");

    public Person? Author { get; init; }

    public List<string> Tags { get; init; } = [];

    public int[] Ranks { get; init; } = [];

    public List<Part> Parts { get; init; } = [];

    public Dictionary<string, int> Scores { get; init; } = [];

    public Dictionary<string, List<int>> Lists { get; init; } = [];

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Rest { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DictionaryKeyPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Thing))]
internal sealed partial class ThingJson : JsonSerializerContext;
