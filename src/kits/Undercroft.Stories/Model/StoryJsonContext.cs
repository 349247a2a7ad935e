using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>The generated readers and writers of the JSON form.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Story))]
[JsonSerializable(typeof(ConversionReport))]
[JsonSerializable(typeof(StoryBatchFile))]
[JsonSerializable(typeof(StorySummary))]
[JsonSerializable(typeof(StoryContents))]
[JsonSerializable(typeof(StoryPage))]
[JsonSerializable(typeof(StorySave))]
[JsonSerializable(typeof(PassageDocument))]
[JsonSerializable(typeof(BackupDocument))]
[JsonSerializable(typeof(StoryToken))]
[JsonSerializable(typeof(TokenDocument))]
[JsonSerializable(typeof(SyncCursorDocument))]
[JsonSerializable(typeof(SyncStoryDocument))]
[JsonSerializable(typeof(StoryExportV1))]
internal sealed partial class StoryJsonContext : JsonSerializerContext;
