using System.Text.Json;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>Writes conversion reports to a file, one line of JSON each.</summary>
internal static class ReportFile
{
    public static async Task WriteAsync(
        string path, IEnumerable<ConversionReport?> reports, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
            await using var owned = file.ConfigureAwait(false);
            foreach (var report in reports.OfType<ConversionReport>())
            {
                var line = JsonSerializer.SerializeToUtf8Bytes(report, CliJson.Default.ConversionReport);
                await file.WriteAsync(line, cancellationToken).ConfigureAwait(false);
                await file.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failure, $"Cannot write the report {Names.Show(path)}: {error.Message}");
        }
    }
}
