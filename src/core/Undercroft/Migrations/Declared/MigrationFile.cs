using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Undercroft.Migrations;

/// <summary>Reads a chain whose steps are declared in JSON rather than written in code: what they say is data, so that
/// tools can run them.</summary>
/// <remarks>The form is in <c>docs/reference/migration-file.md</c>. A step has a way down where each of its changes
/// has.</remarks>
public static class MigrationFile
{
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false,
    };

    /// <summary>Reads a chain.</summary>
    /// <param name="json">The file's text.</param>
    /// <exception cref="ArgumentException">It is no JSON, or says something that is not understood; the message names
    /// the line and the place.</exception>
    public static MigrationChain Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return Read(new FileNode("$", document.RootElement));
        }
        catch (JsonException error)
        {
            throw new ArgumentException(
                $"The migration file is no JSON at {JsonPlace.Of(error)}: {JsonPlace.Reason(error)}. Mend the text.",
                nameof(json),
                error);
        }
        catch (FileException error)
        {
            var line = JsonLines.Of(Encoding.UTF8.GetBytes(json), error.Place);
            throw new ArgumentException(
                FormattableString.Invariant($"The migration file is wrong at {error.Place}, line {line}: ") +
                error.Message,
                nameof(json),
                error);
        }
    }

    private static MigrationChain Read(FileNode file)
    {
        file.Allow("baseline", "steps", "detect", "current");
        var chain = file.Do(() => new MigrationChain(file.Get("baseline").Text()));
        foreach (var step in file.Get("steps").Items())
        {
            chain = step.Do(() => chain.Step(ReadStep(step)));
        }

        if (file.Find("detect") is { } rules)
        {
            chain = chain.DetectBy(ReadDetector(rules));
        }

        return file.Find("current") is { } current ? current.Do(() => chain.To(current.Text())) : chain;
    }

    private static MigrationStep ReadStep(FileNode step)
    {
        step.Allow("from", "to", "changes");
        var changes = step.Get("changes").Items().Select(ChangeReader.Read).ToList();
        return new MigrationStep(
            step.Get("from").Text(),
            step.Get("to").Text(),
            document => Run(changes, document, static (change, one) => change.Up(one)),
            changes.TrueForAll(static change => change.IsReversible)
                ? document => Run(Enumerable.Reverse(changes), document, static (change, one) => change.Down(one))
                : null);
    }

    private static JsonObject Run(
        IEnumerable<DeclaredChange> changes, JsonObject document, Action<DeclaredChange, JsonObject> run)
    {
        foreach (var change in changes)
        {
            run(change, document);
        }

        return document;
    }

    private static Func<JsonObject, string?> ReadDetector(FileNode rules)
    {
        var known = rules.Items()
            .Select(static rule =>
            {
                rule.Allow("has", "version");
                return (Path: rule.Get("has").Path(), Version: rule.Get("version").Text());
            })
            .ToList();
        return document => known
            .Where(rule => rule.Path.Spots(document).Any(static spot => spot.Exists))
            .Select(static rule => rule.Version)
            .FirstOrDefault();
    }
}
