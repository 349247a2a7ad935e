using Undercroft.Cli;
using Undercroft.Cli.Output;

var environment = new SystemEnvironment();
using var terminal = SystemTerminal.Open(environment);
var host = new CliHost { Terminal = terminal, Environment = environment };
return await CliApp.RunAsync(host, args).ConfigureAwait(false);
