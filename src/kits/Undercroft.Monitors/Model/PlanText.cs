using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Undercroft.Migrations;

namespace Undercroft.Monitors;

/// <summary>Plans as JSON text, in every version there has been.</summary>
public static class PlanText
{
    /// <summary>Reads and checks a plan. One of an older version is brought to the current one first.</summary>
    /// <param name="utf8Json">The JSON, at most 256 KiB.</param>
    /// <exception cref="PlanException">It cannot be used; the exception says all that is wrong.</exception>
    public static MonitorPlan Read(ReadOnlyMemory<byte> utf8Json)
    {
        if (utf8Json.Length > PlanLimits.BytesMax)
        {
            throw new PlanException(
                $"It has {utf8Json.Length} bytes; expected at most {PlanLimits.BytesMax}. Split it.");
        }

        if (utf8Json.IsEmpty)
        {
            throw new PlanException("It is no JSON: line 1, byte 1: there is nothing. Send the plan, a JSON object.");
        }

        try
        {
            if (JsonUnicode.FindFault(utf8Json, default) is { } fault)
            {
                throw new PlanException([fault]);
            }

            using var document = JsonDocument.Parse(
                utf8Json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return PlanReader.Read(Raise(document.RootElement));
        }
        catch (JsonException error)
        {
            throw new PlanException($"It is no JSON: {JsonPlace.Describe(error)}.");
        }
    }

    /// <summary>Reads and checks a plan.</summary>
    /// <param name="json">The JSON.</param>
    /// <exception cref="PlanException">It cannot be used; the exception says all that is wrong.</exception>
    public static MonitorPlan Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    /// <summary>Checks a plan that was made by hand: it is written and read again.</summary>
    /// <exception cref="PlanException">It cannot be used; the exception says all that is wrong.</exception>
    public static MonitorPlan Check(MonitorPlan plan) => Read(Write(plan));

    /// <summary>Writes a plan in the current version.</summary>
    public static byte[] Write(MonitorPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            PlanWriter.Write(writer, plan);
        }

        return buffer.ToArray();
    }

    private static JsonElement Raise(JsonElement json)
    {
        var version = PlanMigrations.VersionOf(json);
        if (version == MonitorPlan.CurrentVersion)
        {
            return json.Clone();
        }

        if (PlanMigrations.Chain.FindPath(version, MonitorPlan.CurrentVersion) is not { } path)
        {
            throw new PlanException([new PlanProblem(
                "version",
                $"found {Names.Show(version)}; expected one of {string.Join(", ", PlanMigrations.Chain.Versions)}.")]);
        }

        try
        {
            var raised = path.Apply(JsonObject.Create(json)!);
            using var document = JsonDocument.Parse(raised.ToJsonString());
            return document.RootElement.Clone();
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or ArgumentException)
        {
            throw new PlanException($"It says it is of version {version}, but does not read as such: {error.Message}");
        }
    }
}
