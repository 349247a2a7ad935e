using Undercroft.Cli;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;

var environment = new SystemEnvironment();
using var terminal = SystemTerminal.Open(environment);
var host = new CliHost { Terminal = terminal, Environment = environment };
using var interruption = new Interruption();
return await CliApp.RunAsync(host, args, interruption.Token).ConfigureAwait(false);
