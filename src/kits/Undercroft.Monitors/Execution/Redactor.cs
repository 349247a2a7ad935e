using System.Collections.Concurrent;
using System.Text.Encodings.Web;

namespace Undercroft.Monitors;

/// <summary>Takes the secrets of a run out of all that is told of it, also as URLs and JSON write them.</summary>
internal sealed class Redactor
{
    private const string Instead = "•••";

    private readonly ConcurrentDictionary<string, bool> secrets = new(StringComparer.Ordinal);

    public void Add(string secret)
    {
        if (secret.Length == 0)
        {
            return;
        }

        foreach (var form in new[]
        {
            secret,
            secret.Trim(),
            Uri.EscapeDataString(secret),
            UrlEncoder.Default.Encode(secret),
            JavaScriptEncoder.Default.Encode(secret),
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret),
            Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(secret)),
        })
        {
            if (form.Length > 0)
            {
                secrets[form] = true;
            }
        }
    }

    public string Clean(string text)
    {
        // The longest first: one secret may be a part of another.
        foreach (var secret in secrets.Keys.OrderByDescending(static form => form.Length))
        {
            text = text.Replace(secret, Instead, StringComparison.OrdinalIgnoreCase);
        }

        return text;
    }
}
