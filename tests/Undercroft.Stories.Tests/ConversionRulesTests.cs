using System.Reflection;

namespace Undercroft.Stories.Tests;

public sealed class ConversionRulesTests
{
    [Fact]
    public void Every_rule_has_a_code_of_its_own_and_says_why_and_what_to_do()
    {
        var declared = new[]
        {
            typeof(ConversionRules), typeof(JsonRules), typeof(WhiskerRules), typeof(Twine1Rules),
        }.SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Select(field => field.GetValue(null)).OfType<ConversionRule>();

        Assert.Equal(declared.Select(rule => rule.Code).Order(StringComparer.Ordinal), Codes());
        Assert.Distinct(Codes());
        Assert.All(ConversionRules.All, rule => Assert.Matches("^[A-Z0-9]+(-[A-Z0-9]+)+$|^EXTENSION$", rule.Code));
        Assert.All(ConversionRules.All, rule => Assert.EndsWith(".", rule.Reason, StringComparison.Ordinal));
        Assert.All(ConversionRules.All, rule => Assert.EndsWith(".", rule.Hint, StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_about_the_kit_lists_every_rule()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "src", "kits", "Undercroft.Stories", "README.md"));

        Assert.Equal(
            ConversionRules.All.Select(rule =>
                $"| `{rule.Code}` | {rule.Outcome} | {rule.Severity} | {rule.Reason} {rule.Hint} |"),
            page[page.IndexOf("## Codes", StringComparison.Ordinal)..].Split('\n')
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_rule_is_found_by_its_code()
    {
        Assert.Same(ConversionRules.TweeTrim, ConversionRules.Find("TWEE-TRIM"));
        Assert.Null(ConversionRules.Find("NO-SUCH-RULE"));
    }

    private static IEnumerable<string> Codes() => ConversionRules.All.Select(rule => rule.Code);
}
