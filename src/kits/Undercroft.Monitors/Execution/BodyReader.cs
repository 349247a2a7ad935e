using System.Text.Json;
using System.Xml;
using System.Xml.XPath;

namespace Undercroft.Monitors;

/// <summary>Takes what an assertion asks for out of the body of a response.</summary>
internal static class BodyReader
{
    private const long StepsMax = 2_000_000;
    private const int DepthMax = 128;

    /// <summary>The value at a path; null where there is none.</summary>
    /// <exception cref="NodeFailure">The body is not of its format.</exception>
    public static JsonElement? Read(HttpExchange exchange, PlanAssertion assertion) => exchange.Format switch
    {
        PlanResponseFormat.Json => ReadJson(exchange.Json, AssertionPath.StepsOf(assertion)),
        PlanResponseFormat.Xml => ReadXml(exchange, AssertionPath.XPathOf(assertion)),
        _ => JsonValues.Of(TextBody.Read(exchange)),
    };

    private static JsonElement? ReadJson(JsonElement at, IReadOnlyList<string> steps)
    {
        foreach (var step in steps)
        {
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(step, out var member))
            {
                at = member;
            }
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(
                    step, System.Globalization.NumberStyles.None, null, out var index) && index < at.GetArrayLength())
            {
                at = at[index];
            }
            else
            {
                return null;
            }
        }

        return at;
    }

    private static JsonElement? ReadXml(HttpExchange exchange, string expression)
    {
        var settings = new XmlReaderSettings
        {
            // No document type: no entities that grow, none that are fetched.
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = exchange.Body.Length + 1024,
            CloseInput = false,
        };
        try
        {
            using var stream = new MemoryStream(exchange.Body);
            using var reader = XmlReader.Create(stream, settings);
            using var body = new BodyXmlReader(reader, DepthMax);
            var document = new XPathDocument(body, XmlSpace.Preserve);
            var navigator = new BoundedNavigator(
                document.CreateNavigator(), new BoundedNavigator.Budget(StepsMax));
            return navigator.Evaluate(expression, Namespaces(body)) switch
            {
                XPathNodeIterator nodes => nodes.MoveNext() ? JsonValues.Of(nodes.Current!.Value) : null,
                string text => JsonValues.Of(text),
                double number => JsonValues.Of(number),
                bool flag => JsonValues.Of(flag),
                _ => null,
            };
        }
        catch (XmlException error)
        {
            // What .NET says then is meant for who writes programs: it names the property that would allow it.
            throw new NodeFailure(
                error.Message.Contains(nameof(XmlReaderSettings.DtdProcessing), StringComparison.Ordinal)
                    ? "the body has a document type (DOCTYPE), which monitors do not read. Send the XML without one."
                    : $"the body is no XML that monitors read: {error.Message}",
                error);
        }
        catch (XPathException error)
        {
            throw new NodeFailure($"the XPath expression cannot be used on the body: {error.Message}", error);
        }
    }

    private static XmlNamespaceManager Namespaces(BodyXmlReader body)
    {
        var names = new XmlNamespaceManager(body.NameTable);
        foreach (var (prefix, uri) in body.Prefixes)
        {
            names.AddNamespace(prefix, uri);
        }

        return names;
    }
}
