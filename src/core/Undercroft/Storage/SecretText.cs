namespace Undercroft;

/// <summary>Hides what connection strings of drivers keep secret, where one stands in the place of a URI.</summary>
internal static class SecretText
{
    private static readonly string[] Names = ["password", "passwd", "pwd", "passphrase", "secret", "token"];

    /// <summary>Shows a text up to the first <c>password=</c> or the like: a value may hold what looks like its end.
    /// </summary>
    public static string WithoutPair(string text)
    {
        for (var equals = text.IndexOf('='); equals >= 0; equals = text.IndexOf('=', equals + 1))
        {
            var name = text.AsSpan(0, equals).TrimEnd();
            foreach (var known in Names)
            {
                if (name.EndsWith(known, StringComparison.OrdinalIgnoreCase))
                {
                    return string.Concat(text.AsSpan(0, equals), "=***");
                }
            }
        }

        return text;
    }
}
