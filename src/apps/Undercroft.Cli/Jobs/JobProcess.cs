using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Undercroft.Jobs;

namespace Undercroft.Cli.Jobs;

/// <summary>Does a job by a process: the payload is its input, its output the result.</summary>
internal sealed class JobProcess(IReadOnlyList<string> command, TimeProvider clock)
{
    private const int OutputMax = 1024 * 1024;
    private const int ErrorMax = 4 * 1024;

    // As sysexits.h has them: wrong usage, wrong data, no input. Trying again mends none of them.
    private const int PermanentFirst = 64;
    private const int PermanentLast = 69;

    // What the process has written before its end is there to be read; this is for readers that wait for their turn.
    private static readonly TimeSpan LingerMax = TimeSpan.FromSeconds(5);

    /// <summary>Runs the process to its end.</summary>
    /// <exception cref="JobPermanentException">It said that trying again is of no use, or its result is too large.
    /// </exception>
    /// <exception cref="ProgramFailedException">It failed, or could not be started.</exception>
    /// <exception cref="OperationCanceledException">The run had to end: the process was killed.</exception>
    [SuppressMessage("Reliability", "CA2025", Justification = "What still uses the process ends with its streams.")]
    public async Task<ReadOnlyMemory<byte>> RunAsync(
        ReadOnlyMemory<byte> payload, JobContext context, CancellationToken cancellationToken)
    {
        using var process = Start(context);
        using var output = new ProgramOutput(OutputMax, keepsEnd: false);
        using var errors = new ProgramOutput(ErrorMax, keepsEnd: true);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var streams = Task.WhenAll(
                FeedAsync(process, payload, ending.Token),
                output.ReadAsync(process.StandardOutput.BaseStream, ending.Token),
                errors.ReadAsync(process.StandardError.BaseStream, ending.Token));
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);

            // What it has left in the background may hold its pipes open for ever: the job has ended all the same.
            _ = await Task.WhenAny(streams, Task.Delay(LingerMax, clock, ending.Token)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (streams.IsCompleted)
            {
                await streams.ConfigureAwait(false);
            }

            return ResultOf(process, output, errors);
        }
        catch
        {
            Kill(process);
            throw;
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
        }
    }

    private ReadOnlyMemory<byte> ResultOf(Process process, ProgramOutput output, ProgramOutput errors) =>
        process.ExitCode switch
        {
            0 when output.IsCut => throw new JobPermanentException(
                $"{Names.Show(command[0])} ended well, but has written more than 1 MiB to its standard output, which "
                + "is all that a result can hold; none of it was kept. Have it write less, or to a file."),
            0 => output.Bytes,
            >= PermanentFirst and <= PermanentLast => throw new JobPermanentException(Describe(process, errors.Text)),
            _ => throw new ProgramFailedException(Describe(process, errors.Text)),
        };

    private Process Start(JobContext context)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        OwnSession.Aim(start, command);
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
            throw new ProgramFailedException(
                $"The command {Names.Show(command[0])} cannot be started: {Reason(error)}. Check its path.", error);
        }
    }

    // What .NET says names the program and the working directory once more.
    private static string Reason(Win32Exception error) => new Win32Exception(error.NativeErrorCode).Message;

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
