using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>Takes one field out of a secret that is a JSON object.</summary>
internal static class SecretField
{
    public static string? Of(SecretReference secret, string? value)
    {
        if (value is null || secret.Field is null)
        {
            return value;
        }

        try
        {
            using var document = JsonDocument.Parse(value);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(secret.Field, out var field)
                ? field.ValueKind == JsonValueKind.String ? field.GetString() : field.GetRawText()
                : null;
        }
        catch (JsonException)
        {
            // Not as an inner exception: it could quote the secret.
            throw new SecretException(
                $"The secret {Names.Show(secret.Reference)} of '{secret.Provider}' is no JSON, but the plan asks for "
                + $"its field {Names.Show(secret.Field)}. Leave the field out, or store a JSON object.");
        }
    }
}
