using System.Text.Json;
using System.Text.Json.Serialization;

namespace Undercroft.Monitors;

/// <summary>A plan as JSON, in a repository or in an answer.</summary>
internal sealed class MonitorPlanConverter : JsonConverter<MonitorPlan>
{
    public override MonitorPlan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        try
        {
            return PlanReader.Read(document.RootElement);
        }
        catch (PlanException error)
        {
            throw new JsonException(error.Message, error);
        }
    }

    public override void Write(Utf8JsonWriter writer, MonitorPlan value, JsonSerializerOptions options) =>
        PlanWriter.Write(writer, value);
}
