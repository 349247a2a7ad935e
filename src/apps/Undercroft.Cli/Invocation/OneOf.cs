using System.CommandLine.Parsing;

namespace Undercroft.Cli.Invocation;

/// <summary>Refuses what is none of a few words, in one sentence.</summary>
internal static class OneOf
{
    /// <summary>Checks the one word that was given.</summary>
    /// <param name="result">What was given.</param>
    /// <param name="what">What it is given for.</param>
    /// <param name="names">The words that are told.</param>
    /// <param name="others">Words that are taken too.</param>
    public static void Check(
        SymbolResult result, string what, IReadOnlyList<string> names, IReadOnlyList<string> others)
    {
        if (result.Tokens is [{ Value: var given }] && !names.Contains(given) && !others.Contains(given))
        {
            result.AddError(
                $"{what} is {Names.Show(given)}; expected {string.Join(", ", names.SkipLast(1))} or {names[^1]}.");
        }
    }
}
