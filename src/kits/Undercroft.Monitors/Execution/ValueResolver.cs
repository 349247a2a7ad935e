using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>Puts what variables and secrets stand for into the values of a plan.</summary>
internal sealed class ValueResolver(MonitorPlan plan, MonitorExecutorOptions options, Redactor redactor)
{
    private const string KeyMark = "${key}";

    /// <summary>A value that is a text.</summary>
    public async ValueTask<string> TextAsync(PlanValue value, CancellationToken cancellationToken)
    {
        var resolved = await ResolveAsync(value, cancellationToken).ConfigureAwait(false);
        return resolved.ValueKind == JsonValueKind.String ? resolved.GetString()! : resolved.GetRawText();
    }

    /// <summary>Any value.</summary>
    public async ValueTask<JsonElement> ResolveAsync(PlanValue value, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        await CollectAsync(value.Json, found, cancellationToken).ConfigureAwait(false);
        return found.Count == 0 && !HasMarker(value.Json)
            ? value.Json
            : JsonValues.Build(writer => Write(writer, value.Json, found));
    }

    // What stands for something is known by its JSON: the same text stands for the same.
    private async ValueTask CollectAsync(
        JsonElement json, Dictionary<string, string> found, CancellationToken cancellationToken)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in json.EnumerateArray())
            {
                await CollectAsync(element, found, cancellationToken).ConfigureAwait(false);
            }
        }
        else if (json.ValueKind == JsonValueKind.Object)
        {
            switch (PlanValueCheck.Marker(json))
            {
                case PlanValue.VariableName:
                    found[json.GetRawText()] = Variable(json.GetProperty(PlanValue.VariableName));
                    break;
                case PlanValue.SecretName:
                    found[json.GetRawText()] = await SecretAsync(
                        json.GetProperty(PlanValue.SecretName), cancellationToken).ConfigureAwait(false);
                    break;
                case PlanValue.LiteralName:
                    break;
                default:
                    foreach (var member in json.EnumerateObject())
                    {
                        await CollectAsync(member.Value, found, cancellationToken).ConfigureAwait(false);
                    }

                    break;
            }
        }
    }

    private static bool HasMarker(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => json.EnumerateArray().Any(HasMarker),
        JsonValueKind.Object => PlanValueCheck.Marker(json) is not null
            || json.EnumerateObject().Any(static member => HasMarker(member.Value)),
        _ => false,
    };

    private static void Write(Utf8JsonWriter writer, JsonElement json, Dictionary<string, string> found)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var element in json.EnumerateArray())
                {
                    Write(writer, element, found);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Object when PlanValueCheck.Marker(json) is { } marker:
                if (marker == PlanValue.LiteralName)
                {
                    json.GetProperty(marker).WriteTo(writer);
                }
                else
                {
                    writer.WriteStringValue(found[json.GetRawText()]);
                }

                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in json.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, found);
                }

                writer.WriteEndObject();
                break;
            default:
                json.WriteTo(writer);
                break;
        }
    }

    private string Variable(JsonElement variable)
    {
        var key = variable.GetProperty("key").GetString()!;
        if (!(options.Variables.TryGetValue(plan.Environment, out var own) && own.TryGetValue(key, out var value))
            && !plan.Variables.TryGetValue(key, out value))
        {
            throw new NodeFailure(
                $"the variable {Names.Show(key)} has no value in the environment {Names.Show(plan.Environment)}. Give "
                + "it one in the plan's 'variables' or in the service's configuration.");
        }

        return variable.TryGetProperty("template", out var template) && template.ValueKind == JsonValueKind.String
            ? template.GetString()!.Replace(KeyMark, value, StringComparison.Ordinal)
            : value;
    }

    private async ValueTask<string> SecretAsync(JsonElement json, CancellationToken cancellationToken)
    {
        var secret = new SecretReference(
            Text(json, "provider")!, Text(json, "ref")!, Text(json, "version"), Text(json, "field"));
        var provider = options.Secrets.FirstOrDefault(one => one.Name == secret.Provider) ?? throw new NodeFailure(
            $"there is no provider of secrets '{secret.Provider}' here; there are "
            + $"[{string.Join(", ", options.Secrets.Select(static one => one.Name))}]. Add it, or use one of these.");
        string? value;
        try
        {
            value = await provider.FindAsync(secret, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretException error)
        {
            throw new NodeFailure(error.Message, error);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Somebody else's provider: its message may hold anything.
            throw new NodeFailure(
                $"the provider of secrets '{secret.Provider}' failed with {error.GetType().Name}.", error);
        }

        if (value is null)
        {
            throw new NodeFailure(
                $"the secret {Names.Show(secret.Reference)} is not known to '{secret.Provider}'. Add it there.");
        }

        redactor.Add(value);
        return value;
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
