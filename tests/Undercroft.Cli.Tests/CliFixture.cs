using System.Diagnostics.CodeAnalysis;
using System.Text;
using Undercroft.Cli.Output;
using Undercroft.Layers;

namespace Undercroft.Cli.Tests;

/// <summary>Runs the tool in this process, against one store in memory that outlives each run.</summary>
public abstract class CliFixture : IAsyncDisposable
{
    private readonly MemoryStore store = new();

    internal Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal)
    {
        ["UNDERCROFT_STORE"] = "test:",
    };

    internal string Folder { get; } = Directory.CreateTempSubdirectory("undercroft-cli-").FullName;

    internal string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>The store as the tool will find it; disposing it leaves it open.</summary>
    internal IStore KeepOpen() => new KeptStore(store);

    internal Task<CliResult> RunAsync(params string[] arguments) => RunAsync(new CliRunOptions(), arguments);

    internal async Task<CliResult> RunAsync(CliRunOptions options, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        using var terminal = new Terminal
        {
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(options.Input ?? "")),
            IsInputRedirected = options.Input is not null,
            OutBytes = output,
            Out = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" },
            Error = new StreamWriter(error, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" },
            IsOutTerminal = options.IsTerminal,
            IsErrorTerminal = options.IsTerminal,
            HasColor = options.HasColor,
            Width = options.Width,
        };
        var host = new CliHost
        {
            Terminal = terminal,
            Environment = new FakeEnvironment(Variables),
            Schemes = () => Stores.KnownSchemes.Create().Add("test", (_, _, _) => new(new KeptStore(store))),
        };
        var code = await CliApp.RunAsync(host, arguments, options.Cancellation);
        await terminal.FlushAsync();
        return new CliResult(code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private sealed class FakeEnvironment(Dictionary<string, string> variables) : IEnvironment
    {
        public string? this[string name] => variables.GetValueOrDefault(name);
    }

    /// <summary>The store stays when a command closes it, as a file would.</summary>
    private sealed class KeptStore(IStore inner) : DelegatingStore(inner)
    {
        [SuppressMessage("Usage", "CA2215", Justification = "Not disposing is what this layer is for.")]
        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
