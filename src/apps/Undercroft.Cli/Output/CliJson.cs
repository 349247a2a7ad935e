using System.Text.Json;
using System.Text.Json.Serialization;
using Undercroft.Cli.Commands;

namespace Undercroft.Cli.Output;

/// <summary>The JSON this tool writes. A field, once shipped, keeps its name and meaning.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoreInfoView))]
[JsonSerializable(typeof(StoreStatsView))]
[JsonSerializable(typeof(DocumentView))]
[JsonSerializable(typeof(WrittenView))]
[JsonSerializable(typeof(DeletedView))]
[JsonSerializable(typeof(ChangeView))]
[JsonSerializable(typeof(BackupView))]
[JsonSerializable(typeof(RestoreView))]
[JsonSerializable(typeof(VerifyView))]
[JsonSerializable(typeof(CompactView))]
[JsonSerializable(typeof(BenchView))]
internal sealed partial class CliJson : JsonSerializerContext;
