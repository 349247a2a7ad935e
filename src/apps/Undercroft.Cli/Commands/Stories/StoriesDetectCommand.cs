using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories detect</c>: tells the formats of files by their content.</summary>
internal sealed class StoriesDetectCommand : CliCommand
{
    private readonly Argument<string[]> files = new("files")
    {
        Description = "The files.",
        Arity = ArgumentArity.OneOrMore,
    };

    public StoriesDetectCommand(CliContext context)
        : base(context, "detect", "Tell the formats of files by what is in them, and why.") => Add(files);

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var isAll = true;
        foreach (var file in run.Get(files)!)
        {
            var bytes = await Inputs.ReadFileAsync(file, cancellationToken).ConfigureAwait(false);
            var detection = StoryFormats.Examine(bytes.Span);
            isAll &= detection.Format is not null;
            if (run.IsJson)
            {
                run.Output.Json(DetectView.Of(file, detection), CliJson.Default.DetectView);
                continue;
            }

            run.Output.Line($"{file}: {detection.Sentence}");
        }

        return isAll ? ExitCode.Ok : ExitCode.NotFound;
    }
}

/// <summary>What <c>stories detect --json</c> writes for each file.</summary>
internal sealed record DetectView(
    string Path, string? Format, string? RunnerUp, string? Foreign, IReadOnlyList<StoryFormatGuess> Candidates)
{
    public static DetectView Of(string path, StoryDetection detection) => new(
        path, detection.Format, detection.RunnerUp?.Format, detection.Foreign, detection.Candidates);
}
