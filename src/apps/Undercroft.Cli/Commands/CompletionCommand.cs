using System.CommandLine;
using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Commands;

/// <summary><c>completion</c>: the script that teaches a shell to complete this tool's commands.</summary>
internal sealed class CompletionCommand : CliCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish", "pwsh"];

    private readonly Argument<string> shell = new("shell") { Description = "bash, zsh, fish or pwsh." };

    public CompletionCommand(CliContext context)
        : base(context, "completion", "Print the script that makes a shell complete commands and options.")
    {
        shell.CompletionSources.Add(Shells);
        shell.Validators.Add(static result => OneOf.Check(result, "The shell", Shells, []));
        Add(shell);
    }

    protected override Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        run.Output.Block(run.Require(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => PowerShell,
        });
        return Task.FromResult(ExitCode.Ok);
    }

    private const string Bash = """
        # undercroft: eval "$(undercroft completion bash)"
        _undercroft() {
            local line="${COMP_WORDS[*]:0:COMP_CWORD+1}" word="${COMP_WORDS[COMP_CWORD]}" IFS=$'\n'
            COMPREPLY=($(compgen -W "$(undercroft "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word"))
        }
        complete -o bashdefault -o default -F _undercroft undercroft

        """;

    private const string Zsh = """
        # undercroft: eval "$(undercroft completion zsh)"
        _undercroft() {
            local line="${(j: :)words[1,CURRENT]}"
            local -a found
            found=("${(@f)$(undercroft "[suggest:${#line}]" "$line" 2>/dev/null)}")
            found=(${found:#})
            if (( ${#found} )); then compadd -a found; else _files; fi
        }
        compdef _undercroft undercroft

        """;

    private const string Fish = """
        # undercroft: undercroft completion fish | source
        function __undercroft_complete
            set -l line (commandline --cut-at-cursor)
            undercroft "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null
        end
        complete --command undercroft --arguments '(__undercroft_complete)'

        """;

    private const string PowerShell = """
        # undercroft: undercroft completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName undercroft -ScriptBlock {
            param($word, $line, $position)
            undercroft "[suggest:$position]" "$line" 2>$null |
                Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }

        """;
}
