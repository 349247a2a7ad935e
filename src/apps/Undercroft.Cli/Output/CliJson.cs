using System.Text.Json;
using System.Text.Json.Serialization;
using Undercroft.Cli.Commands;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

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
[JsonSerializable(typeof(ArchiveView))]
[JsonSerializable(typeof(CopyView))]
[JsonSerializable(typeof(CompareView))]
[JsonSerializable(typeof(VerifyView))]
[JsonSerializable(typeof(CompactView))]
[JsonSerializable(typeof(BlobView))]
[JsonSerializable(typeof(BlobDeletedView))]
[JsonSerializable(typeof(BlobsVerifyView))]
[JsonSerializable(typeof(BlobsCollectView))]
[JsonSerializable(typeof(PageView))]
[JsonSerializable(typeof(CountView))]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(BenchView))]
[JsonSerializable(typeof(ImportView))]
[JsonSerializable(typeof(StoryView))]
[JsonSerializable(typeof(StoryDetailView))]
[JsonSerializable(typeof(PassageView))]
[JsonSerializable(typeof(StoryStatsView))]
[JsonSerializable(typeof(HitView))]
[JsonSerializable(typeof(ExportView))]
[JsonSerializable(typeof(StoryDeletedView))]
[JsonSerializable(typeof(ConvertView))]
[JsonSerializable(typeof(DetectView))]
[JsonSerializable(typeof(StoryBackupView))]
[JsonSerializable(typeof(BackupsPrunedView))]
[JsonSerializable(typeof(StoryRestoredView))]
[JsonSerializable(typeof(AutosaveDemoView))]
[JsonSerializable(typeof(ConversionReport))]
[JsonSerializable(typeof(DemoView))]
internal sealed partial class CliJson : JsonSerializerContext;
