using Undercroft.Cli.Invocation;
using Undercroft.Monitors;

namespace Undercroft.Cli.Monitors;

/// <summary>Reads plans from files.</summary>
internal static class PlanFile
{
    /// <summary>Reads a plan; what is wrong with it is told line by line.</summary>
    public static async Task<MonitorPlan> ReadAsync(CliRun run, string path, CancellationToken cancellationToken)
    {
        var bytes = path == "-"
            ? await Inputs.ReadAsync(run.Host.Terminal.OpenInput(), "the standard input", cancellationToken)
                .ConfigureAwait(false)
            : await Inputs.ReadFileAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            return PlanText.Read(bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes);
        }
        catch (PlanException error)
        {
            foreach (var problem in error.Problems)
            {
                run.Output.Note($"{(path == "-" ? "standard input" : path)}: {problem}");
            }

            throw new CliException(
                ExitCode.Failure,
                $"The plan {Names.Show(path)} cannot be used: {error.Problems.Count} "
                + $"{(error.Problems.Count == 1 ? "thing is" : "things are")} wrong with it.");
        }
    }
}
