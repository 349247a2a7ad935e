using System.Text;

namespace Undercroft.Monitors;

/// <summary>Takes the secrets of a run out of all that is told of it, however URLs, JSON and HTML write them.</summary>
/// <remarks>Each character of a secret may be written in any of their ways, one so and the next otherwise: servers and
/// libraries differ in what they escape, and some escape twice.</remarks>
internal sealed class Redactor
{
    private const string Instead = "•••";

    private readonly Lock gate = new();
    private List<SecretForm> secrets = [];

    public void Add(string secret)
    {
        if (secret.Length == 0)
        {
            return;
        }

        lock (gate)
        {
            var forms = new[] { secret, secret.Trim(), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)) }
                .Where(form => form.Length > 0 && !secrets.Exists(known => known.Text == form))
                .Distinct(StringComparer.Ordinal)
                .Select(static form => new SecretForm(form));

            // The longest first: one secret may be a part of another.
            secrets = [.. secrets.Concat(forms).OrderByDescending(static form => form.Text.Length)];
        }
    }

    public string Clean(string text)
    {
        List<SecretForm> all;
        lock (gate)
        {
            all = secrets;
        }

        foreach (var secret in all)
        {
            text = Clean(text, secret);
        }

        return text;
    }

    private static string Clean(string text, SecretForm secret)
    {
        StringBuilder? clean = null;
        var copied = 0;
        for (var at = 0; at < text.Length;)
        {
            if (secret.MatchAt(text, at) is { } end)
            {
                _ = (clean ??= new()).Append(text, copied, at - copied).Append(Instead);
                (at, copied) = (end, end);
            }
            else
            {
                at++;
            }
        }

        return clean is null ? text : clean.Append(text, copied, text.Length - copied).ToString();
    }
}
