using System.CommandLine;
using System.Text;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store put</c>: writes one document.</summary>
internal sealed class StorePutCommand : CliCommand
{
    private readonly Argument<string> collection = StoreArguments.Collection();
    private readonly Argument<string> id = StoreArguments.Id();

    private readonly Argument<string?> json = new("json")
    {
        Description = "The document; '-' or nothing reads it from the standard input.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> file = new("--file", "-f")
    {
        Description = "Read the document from a file.",
        HelpName = "path",
    };

    private readonly Option<string?> revision = StoreArguments.IfRevision(
        "Write only if the document is at this revision; 0 means only if there is none.");

    private readonly Option<string[]> tags = new("--tag")
    {
        Description = "A tag to give it; may be repeated. Without it the tags stay as they are.",
        HelpName = "tag",
    };

    private readonly Option<string?> life = StoreArguments.Life();

    public StorePutCommand(CliContext context)
        : base(context, "put", "Write one document, whether it is there or not.")
    {
        Add(collection);
        Add(id);
        Add(json);
        Add(file);
        Add(revision);
        Add(tags);
        Add(life);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var key = new RecordKey(run.Require(collection), run.Require(id));
        var definition = new CollectionDefinition<RawJson>(key.Collection, RawJson.Codec);
        var expected = StoreArguments.ReadRevision(run.Get(revision));
        var options = new WriteOptions
        {
            Tags = run.Has(tags) ? run.Get(tags) : null,
            TimeToLive = StoreArguments.ReadLife(run.Get(life)),
        };
        var value = new RawJson(await ReadAsync(run, cancellationToken).ConfigureAwait(false));

        var storage = await run.OpenAsync(StoreUse.Write, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var written = await WriteAsync(storage.Repository(definition)).ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(
                new WrittenView(key.Collection, key.Id, written.Revision.Value, written.UpdatedAt),
                CliJson.Default.WrittenView);
        }
        else
        {
            run.Output.Line($"{key} is at {written.Revision}.");
        }

        return ExitCode.Ok;

        ValueTask<Document<RawJson>> WriteAsync(IRepository<RawJson> documents) => expected switch
        {
            null => documents.UpsertAsync(key.Id, value, options, cancellationToken),
            { Value: 0 } => documents.CreateAsync(key.Id, value, options, cancellationToken),
            { } at => documents.UpdateAsync(key.Id, at, value, options, cancellationToken),
        };
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(CliRun run, CancellationToken cancellationToken)
    {
        var text = run.Get(json);
        var path = run.Get(file);
        if (text is not null && path is not null)
        {
            throw new CliException(
                ExitCode.Usage, "The document is given twice: as an argument and by --file. Give one.");
        }

        if (text is not null and not "-")
        {
            return Encoding.UTF8.GetBytes(text);
        }

        if (path is null && text is null && !run.Host.Terminal.IsInputRedirected)
        {
            throw new CliException(
                ExitCode.Usage,
                "There is no document to write: give it as an argument, by --file or through a pipe, or type it after "
                + "'-'.");
        }

        return path is not null
            ? await Inputs.ReadFileAsync(path, cancellationToken).ConfigureAwait(false)
            : await Inputs.ReadAsync(run.Host.Terminal.OpenInput(), "the standard input", cancellationToken)
                .ConfigureAwait(false);
    }
}

/// <summary>What <c>store put --json</c> writes.</summary>
internal sealed record WrittenView(string Collection, string Id, long Revision, DateTimeOffset UpdatedAt);
