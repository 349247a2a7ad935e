using System.Text.Json;
using System.Text.Json.Serialization;
using Undercroft.Migrations;

namespace Undercroft;

/// <summary>The JSON of Undercroft's own records.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StoredIndexesV1))]
[JsonSerializable(typeof(MigrationRunV1))]
internal sealed partial class StorageJson : JsonSerializerContext;
