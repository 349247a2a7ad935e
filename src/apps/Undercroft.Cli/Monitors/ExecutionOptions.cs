using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Monitors;

namespace Undercroft.Cli.Monitors;

/// <summary>The options of all commands that run plans: what plans may reach and know.</summary>
internal sealed class ExecutionOptions
{
    private readonly Option<string[]> allow = new("--allow")
    {
        Description = "Addresses plans may reach though they are special: loopback, private, an address, or a range "
            + "such as 10.1.0.0/16. Without it public ones only.",
        HelpName = "range",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> secrets = new("--secrets")
    {
        Description = "The folder of the secrets of the provider 'file'.",
        HelpName = "folder",
    };

    public void AddTo(Command command)
    {
        command.Add(allow);
        command.Add(secrets);
    }

    public void Apply(CliRun run, MonitorExecutorOptions options)
    {
        options.Guard = AddressGuard.Parse(run.Get(allow) ?? []);
        var environment = run.Host.Environment;
        List<ISecretProvider> providers = [new EnvironmentSecretProvider(name => environment[name])];
        if (run.Get(secrets) is { } folder)
        {
            if (!Directory.Exists(folder))
            {
                throw new CliException(
                    ExitCode.NotFound, $"--secrets names the folder {Names.Show(folder)}, which is not there.");
            }

            providers.Add(new FileSecretProvider(folder));
        }

        options.Secrets = providers;
    }
}
