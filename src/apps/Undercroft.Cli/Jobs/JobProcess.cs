using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Undercroft.Jobs;

namespace Undercroft.Cli.Jobs;

/// <summary>Does a job by a process: the payload is its input, its output the result.</summary>
internal sealed class JobProcess(IReadOnlyList<string> command)
{
    private const int OutputMax = 1024 * 1024;
    private const int ErrorMax = 4 * 1024;

    // As sysexits.h has them: wrong usage, wrong data, no input. Trying again mends none of them.
    private const int PermanentFirst = 64;
    private const int PermanentLast = 69;

    /// <summary>Runs the process to its end.</summary>
    /// <exception cref="JobPermanentException">It said that trying again is of no use.</exception>
    /// <exception cref="InvalidOperationException">It failed, or could not be started.</exception>
    /// <exception cref="OperationCanceledException">The run had to end: the process was killed.</exception>
    [SuppressMessage("Reliability", "CA2025", Justification = "All that use the process are awaited before it goes.")]
    public async Task<ReadOnlyMemory<byte>> RunAsync(
        ReadOnlyMemory<byte> payload, JobContext context, CancellationToken cancellationToken)
    {
        using var process = Start(context);
        try
        {
            var feeding = FeedAsync(process, payload, cancellationToken);
            var output = ReadAsync(process.StandardOutput.BaseStream, OutputMax, cancellationToken);
            var errors = ReadAsync(process.StandardError.BaseStream, ErrorMax, cancellationToken);
            await Task.WhenAll(feeding, output, errors).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            var said = Encoding.UTF8.GetString(await errors.ConfigureAwait(false)).Trim();
            return process.ExitCode switch
            {
                0 => await output.ConfigureAwait(false),
                >= PermanentFirst and <= PermanentLast => throw new JobPermanentException(Describe(process, said)),
                _ => throw new InvalidOperationException(Describe(process, said)),
            };
        }
        catch
        {
            Kill(process);
            throw;
        }
    }

    private Process Start(JobContext context)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["UNDERCROFT_JOB_ID"] = context.Id.ToString();
        start.Environment["UNDERCROFT_JOB_KIND"] = context.Kind;
        start.Environment["UNDERCROFT_JOB_QUEUE"] = context.Queue;
        start.Environment["UNDERCROFT_JOB_ATTEMPT"] = context.Attempt.ToString(CultureInfo.InvariantCulture);
        start.Environment["UNDERCROFT_JOB_FENCE"] = context.Lease.Fence.ToString(CultureInfo.InvariantCulture);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            // Not for good: a slip on the command line must not make dead letters of all jobs.
            throw new InvalidOperationException(
                $"The command {Names.Show(command[0])} cannot be started: {error.Message}. Check its path.", error);
        }
    }

    private static async Task FeedAsync(
        Process process, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        try
        {
            var input = process.StandardInput.BaseStream;
            await using (input.ConfigureAwait(false))
            {
                await input.WriteAsync(payload, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // It did not read to the end, which is its business.
        }
    }

    /// <summary>Reads to the end, and keeps no more than so much.</summary>
    private static async Task<byte[]> ReadAsync(Stream stream, int max, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int count;
        while ((count = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
        {
            kept.Write(chunk, 0, (int)Math.Min(count, max - kept.Length));
        }

        return kept.ToArray();
    }

    private string Describe(Process process, string said) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Names.Show(command[0])} ended with exit code {process.ExitCode}{(said.Length == 0 ? "." : ": ")}{said}");

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
