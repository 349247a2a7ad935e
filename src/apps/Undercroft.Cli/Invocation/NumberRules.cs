using System.CommandLine;
using System.Globalization;

namespace Undercroft.Cli.Invocation;

/// <summary>The bounds of options that are whole numbers.</summary>
internal static class NumberRules
{
    /// <summary>Refuses a number out of bounds. What is no number is refused by the parser, and must be let through
    /// here.</summary>
    public static void MustBe(this Option option, int min, int max = int.MaxValue) => option.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: var text }]
            && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            && (number < min || number > max))
        {
            result.AddError(max == int.MaxValue
                ? string.Create(CultureInfo.InvariantCulture, $"{option.Name} must be at least {min}.")
                : string.Create(CultureInfo.InvariantCulture, $"{option.Name} must be {min} to {max}."));
        }
    });
}
