using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>A value of a plan: JSON, in which <c>{"$variable": {"key": …}}</c>, <c>{"$secret": {"provider": …,
/// "ref": …}}</c> and <c>{"$literal": …}</c> stand for what is known only when the plan runs, or for what is meant
/// as it is. Immutable.</summary>
public sealed class PlanValue : IEquatable<PlanValue>
{
    internal const string LiteralName = "$literal";
    internal const string VariableName = "$variable";
    internal const string SecretName = "$secret";

    internal PlanValue(JsonElement json) => Json = json.Clone();

    /// <summary>The value as it stands in the plan.</summary>
    public JsonElement Json { get; }

    /// <summary>A text.</summary>
    public static PlanValue Text(string text) => new(JsonValues.Of(text));

    /// <summary>Any JSON.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static PlanValue Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new PlanValue(document.RootElement);
    }

    /// <summary>A variable of the plan or of the service.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="template">A text in which <c>${key}</c> stands for the variable; null means the variable alone.
    /// </param>
    public static PlanValue Variable(string key, string? template = null) => new(JsonValues.Build(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject(VariableName);
        writer.WriteString("key", key);
        if (template is not null)
        {
            writer.WriteString("template", template);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }));

    /// <summary>A secret that a provider knows.</summary>
    public static PlanValue Secret(SecretReference secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return new(JsonValues.Build(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject(SecretName);
            writer.WriteString("provider", secret.Provider);
            writer.WriteString("ref", secret.Reference);
            if (secret.Version is not null)
            {
                writer.WriteString("version", secret.Version);
            }

            if (secret.Field is not null)
            {
                writer.WriteString("field", secret.Field);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }));
    }

    /// <inheritdoc/>
    public bool Equals(PlanValue? other) => other is not null && JsonElement.DeepEquals(Json, other.Json);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PlanValue);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Json.ValueKind;

    /// <summary>The JSON.</summary>
    public override string ToString() => Json.GetRawText();
}
