using System.Text.RegularExpressions;

namespace Undercroft.Monitors.Tests.Model;

/// <summary>The plans in the guide are plans, and the reference names each word there is.</summary>
public sealed partial class GuideTests
{
    [Fact]
    public async Task Each_plan_of_the_guide_can_be_used()
    {
        var plans = Block().Matches(await ReadAsync("docs/guides/monitors.md"));

        Assert.Equal(3, plans.Count);
        Assert.All(plans, static plan => Assert.NotEmpty(PlanText.Read(plan.Groups[1].Value).Nodes));
    }

    [Fact]
    public async Task The_reference_names_each_operator_subject_format_and_unit()
    {
        var text = await ReadAsync("docs/reference/monitor-plans.md");

        foreach (var word in PlanWords.Operators.Select(static pair => pair.Word)
            .Concat(PlanWords.Subjects.Select(static pair => pair.Word))
            .Concat(PlanWords.Formats.Select(static pair => pair.Word))
            .Concat(PlanWords.Units.Select(static pair => pair.Word))
            .Concat(PlanWords.Methods)
            .Concat(PlanWords.Types))
        {
            Assert.Contains($"`{word}`", text, StringComparison.Ordinal);
        }
    }

    private static async Task<string> ReadAsync(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Undercroft.slnx")))
        {
            folder = folder.Parent;
        }

        return await File.ReadAllTextAsync(
            Path.Combine(folder.FullName, path), TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
