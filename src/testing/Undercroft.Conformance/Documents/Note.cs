using System.Text.Json;
using System.Text.Json.Serialization;

namespace Undercroft.Conformance.Documents;

/// <summary>The documents that laws of repositories write.</summary>
internal sealed record Note(string Text, JsonElement? Extra = null);

/// <summary>How they are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Note))]
internal sealed partial class NoteJson : JsonSerializerContext;
