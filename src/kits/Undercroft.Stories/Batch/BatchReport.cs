using System.Text.Json;

namespace Undercroft.Stories;

/// <summary>The reports beside the results: also the memory of what is done.</summary>
internal static class BatchReport
{
    private const string Ending = ".report.json";

    /// <summary>The files below a folder that are named like reports, in order.</summary>
    public static IEnumerable<string> Find(string folder) =>
        Directory.EnumerateFiles(folder, "*" + Ending, BatchFiles.Walk).Order(StringComparer.Ordinal);

    /// <summary>Whether a file is a report, by its name and its first member; any other may be a story.</summary>
    public static bool Is(string path)
    {
        if (!path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        try
        {
            using var file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[64];
            var count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            var reader = new Utf8JsonReader(start[..count], isFinalBlock: false, default);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject
                && reader.Read() && reader.TokenType == JsonTokenType.PropertyName
                && reader.ValueTextEquals("source"u8);
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads a report; null where there is none that can be read.</summary>
    public static async Task<StoryBatchFile?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var bytes = await BatchFiles.ReadAsync(path, cancellationToken).ConfigureAwait(false);
            var report = JsonSerializer.Deserialize(bytes, StoryJsonForm.Context.StoryBatchFile);

            // Whoever wrote it may have left a gap in the lists, or named what can be no file.
            return report is { Source: not null, Outputs: not null, Left: not null }
                && report.Outputs.Concat(report.Left).All(
                    static output => output is { File.Length: > 0 } && !output.File.Contains('\0'))
                && !report.Source.Contains('\0') ? report : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static Task WriteAsync(string path, StoryBatchFile file, CancellationToken cancellationToken) =>
        WholeFile.WriteAsync(
            path,
            JsonSerializer.SerializeToUtf8Bytes(file, StoryJsonForm.Context.StoryBatchFile),
            cancellationToken);
}
