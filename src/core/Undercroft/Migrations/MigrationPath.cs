using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Undercroft.Migrations;

/// <summary>A way from one version to another: steps, up or down, one after the other. Immutable.</summary>
public sealed class MigrationPath
{
    private readonly IReadOnlyList<MigrationHop> hops;

    internal MigrationPath(string from, string to, IReadOnlyList<MigrationHop> hops)
    {
        From = from;
        To = to;
        this.hops = hops;
    }

    /// <summary>The version it begins at.</summary>
    public string From { get; }

    /// <summary>The version it ends at.</summary>
    public string To { get; }

    /// <summary>How many steps it takes.</summary>
    public int Length => hops.Count;

    /// <summary>Takes a document all the way. The document given belongs to the way from now on.</summary>
    /// <exception cref="StoreException">A step throws or gives nothing: <see cref="StoreErrorKind.Malformed"/>.
    /// </exception>
    public JsonObject Apply(JsonObject document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Apply("The document", document);
    }

    /// <summary>Lists the versions on the way.</summary>
    public override string ToString() => string.Join(" → ", hops.Select(static hop => hop.To).Prepend(From));

    /// <summary>Takes a document's bytes all the way.</summary>
    /// <param name="key">The document, for errors.</param>
    /// <param name="json">Its bytes.</param>
    /// <param name="bytesMax">The longest that may come of it.</param>
    /// <exception cref="StoreException">It is no JSON object, a step fails, or what comes of it is no document.
    /// </exception>
    internal ReadOnlyMemory<byte> Apply(RecordKey key, ReadOnlyMemory<byte> json, int bytesMax)
    {
        var name = $"The document {Names.Show(key.ToString())}";
        var bytes = Write(name, Apply(name, DocumentTree.Parse(name, json)), json.Length);
        return bytes.Length <= bytesMax
            ? bytes
            : throw new StoreException(
                StoreErrorKind.LimitExceeded,
                FormattableString.Invariant(
                    $"{name} grows from {json.Length} to {bytes.Length} bytes on the way {this}: the store takes ") +
                FormattableString.Invariant($"{bytesMax}. Mend the step, or the document."));
    }

    [SuppressMessage("Design", "CA1031", Justification = "A step may throw anything; document and step are named.")]
    private JsonObject Apply(string name, JsonObject document)
    {
        foreach (var hop in hops)
        {
            try
            {
                var change = hop.IsDown ? hop.Step.Down! : hop.Step.Up;
                document = change(document) ?? throw new InvalidOperationException("It gave no document.");
                if (document.Parent is not null)
                {
                    // A part of the old document: it must not change with what is left of that.
                    document = (JsonObject)document.DeepClone();
                }
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                throw Failed(name, $"the step {hop.From} → {hop.To}", error);
            }
        }

        return document;
    }

    private ReadOnlyMemory<byte> Write(string name, JsonObject document, int sizeHint)
    {
        try
        {
            return DocumentTree.Write(document, sizeHint);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or NotSupportedException)
        {
            throw Failed(name, $"what the way {this} makes of it is no JSON: it", error);
        }
    }

    private StoreException Failed(string name, string what, Exception error) => new(
        StoreErrorKind.Malformed,
        $"{name} cannot be brought from version {From} to {To}: {what} failed: {error.Message} Mend the step, or " +
        "the document.",
        error);
}
