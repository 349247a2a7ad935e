using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Undercroft.AspNetCore.Api;

namespace Undercroft.AspNetCore.OpenApi;

/// <summary>The OpenAPI 3.1 document, made of the routes that are mapped.</summary>
internal static partial class OpenApiDocument
{
    /// <summary>Writes it.</summary>
    /// <param name="routes">The endpoints.</param>
    /// <param name="options">What callers need.</param>
    /// <param name="prefix">What stands before the paths; empty where nothing does.</param>
    public static byte[] Build(IReadOnlyList<ApiRoute> routes, MonitorApiOptions options, string prefix)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteString("openapi", "3.1.0");
            writer.WriteStartObject("info");
            writer.WriteString("title", "Undercroft monitors");
            writer.WriteString("version", "1.0");
            writer.WriteEndObject();
            writer.WriteStartArray("servers");
            writer.WriteStartObject();
            writer.WriteString("url", prefix.Length == 0 ? "/" : prefix);
            writer.WriteEndObject();
            writer.WriteEndArray();
            if (!options.AllowsAnonymous)
            {
                WriteSecurity(writer);
            }

            writer.WriteStartObject("paths");
            foreach (var path in routes.GroupBy(static route => route.Pattern))
            {
                writer.WriteStartObject(path.Key);
                foreach (var route in path)
                {
                    WriteOperation(writer, route, options);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            WriteComponents(writer, options);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteSecurity(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("security");
        foreach (var name in new[] { "bearer", "key" })
        {
            writer.WriteStartObject();
            writer.WriteStartArray(name);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteOperation(Utf8JsonWriter writer, ApiRoute route, MonitorApiOptions options)
    {
        writer.WriteStartObject(route.Method.ToLowerInvariant());
        writer.WriteString("summary", route.Summary);
        writer.WriteStartArray("parameters");
        foreach (Match match in PathParameter().Matches(route.Pattern))
        {
            WriteParameter(writer, match.Groups[1].Value, "path", "The id.");
        }

        foreach (var (name, place, description) in route.Parameters)
        {
            WriteParameter(writer, name, place, description);
        }

        writer.WriteEndArray();
        if (route.Request is not null)
        {
            writer.WriteStartObject("requestBody");
            writer.WriteBoolean("required", true);
            WriteContent(writer, "application/json", route.Request);
            writer.WriteEndObject();
        }

        writer.WriteStartObject("responses");
        WriteResponse(writer, route.Status, "application/json", route.Response);
        int[] everywhere = options.AllowsAnonymous && route.Method == "GET" ? [400, 500, 503]
            : options.AllowsAnonymous ? [400, 403, 500, 503]
            : [400, 401, 403, 500, 503];
        foreach (var status in route.Errors.Concat(everywhere).Distinct().Order())
        {
            WriteResponse(writer, status, "application/problem+json", status == 304 ? null : "Problem");
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteParameter(Utf8JsonWriter writer, string name, string place, string description)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("in", place);
        writer.WriteBoolean("required", place == "path");
        writer.WriteString("description", description);
        writer.WriteStartObject("schema");
        writer.WriteString("type", name == "limit" ? "integer" : "string");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteResponse(Utf8JsonWriter writer, int status, string mediaType, string? schema)
    {
        writer.WriteStartObject(status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteString("description", ReasonPhrases.GetReasonPhrase(status));
        if (schema is not null)
        {
            WriteContent(writer, mediaType, schema);
        }

        writer.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter writer, string mediaType, string schema)
    {
        writer.WriteStartObject("content");
        writer.WriteStartObject(mediaType);
        writer.WriteStartObject("schema");
        writer.WriteString("$ref", $"#/components/schemas/{schema}");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteComponents(Utf8JsonWriter writer, MonitorApiOptions options)
    {
        writer.WriteStartObject("components");
        writer.WritePropertyName("schemas");
        writer.WriteRawValue(Encoding.UTF8.GetBytes(OpenApiSchemas.Json));
        if (!options.AllowsAnonymous)
        {
            writer.WritePropertyName("securitySchemes");
            writer.WriteRawValue(
                """
                {"bearer": {"type": "http", "scheme": "bearer"},
                 "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}
                """);
        }

        writer.WriteEndObject();
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter();
}
