using System.Text.Json;

namespace Undercroft.Stories;

/// <summary>The reports beside the results: also the memory of what is done.</summary>
internal static class BatchReport
{
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

            // Whoever wrote it may have left a gap in the list, or named what can be no file.
            return report?.Outputs.All(static output => output is { File.Length: > 0 } && !output.File.Contains('\0'))
                == true ? report : null;
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
