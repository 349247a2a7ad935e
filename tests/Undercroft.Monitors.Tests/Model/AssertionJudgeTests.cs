using System.Text.Json;

namespace Undercroft.Monitors.Tests.Model;

/// <summary>All operators, on both sides of what they ask.</summary>
public sealed class AssertionJudgeTests
{
    [Theory]
    [InlineData(AssertionOperator.IsNull, "null", null, true)]
    [InlineData(AssertionOperator.IsNull, null, null, true)]
    [InlineData(AssertionOperator.IsNull, "0", null, false)]
    [InlineData(AssertionOperator.IsNotNull, "false", null, true)]
    [InlineData(AssertionOperator.IsNotNull, null, null, false)]
    [InlineData(AssertionOperator.IsTrue, "true", null, true)]
    [InlineData(AssertionOperator.IsTrue, "\"true\"", null, true)]
    [InlineData(AssertionOperator.IsTrue, "1", null, false)]
    [InlineData(AssertionOperator.IsFalse, "false", null, true)]
    [InlineData(AssertionOperator.IsFalse, null, null, false)]
    [InlineData(AssertionOperator.IsEmpty, "[]", null, true)]
    [InlineData(AssertionOperator.IsEmpty, "{}", null, true)]
    [InlineData(AssertionOperator.IsEmpty, "\"\"", null, true)]
    [InlineData(AssertionOperator.IsEmpty, null, null, true)]
    [InlineData(AssertionOperator.IsEmpty, "0", null, false)]
    [InlineData(AssertionOperator.IsNotEmpty, "[0]", null, true)]
    [InlineData(AssertionOperator.IsNotEmpty, "[]", null, false)]
    [InlineData(AssertionOperator.Equal, "1.0", "1", true)]
    [InlineData(AssertionOperator.Equal, "\"1\"", "1", true)]
    [InlineData(AssertionOperator.Equal, "\"1\"", "\"1.0\"", false)]
    [InlineData(AssertionOperator.Equal, "{\"a\":[1,2]}", "{\"a\": [1, 2]}", true)]
    [InlineData(AssertionOperator.Equal, "null", "null", true)]
    [InlineData(AssertionOperator.Equal, null, "\"x\"", false)]
    [InlineData(AssertionOperator.Equal, "9007199254740993", "9007199254740992", false)]
    [InlineData(AssertionOperator.Equal, "1000000000000000000000000000001", "1000000000000000000000000000002", false)]
    [InlineData(AssertionOperator.Equal, "\"10000000000000000000000000001\"", "10000000000000000000000000001.0", true)]
    [InlineData(AssertionOperator.Equal, "0.1e3", "\" +00100 \"", true)]
    [InlineData(AssertionOperator.Equal, "-0", "0.0e9", true)]
    [InlineData(AssertionOperator.Equal, "\"NaN\"", "1", false)]
    [InlineData(AssertionOperator.NotEqual, null, "1", true)]
    [InlineData(AssertionOperator.NotEqual, "\"a\"", "\"a\"", false)]
    [InlineData(AssertionOperator.GreaterThan, "2", "1.5", true)]
    [InlineData(AssertionOperator.GreaterThan, "\"b\"", "\"a\"", true)]
    [InlineData(AssertionOperator.GreaterThan, "2", "2", false)]
    [InlineData(AssertionOperator.GreaterThan, "true", "0", false)]
    [InlineData(AssertionOperator.GreaterThan, null, "0", false)]
    [InlineData(AssertionOperator.GreaterThanOrEqual, "2", "2", true)]
    [InlineData(AssertionOperator.GreaterThanOrEqual, "1e400", "1e300", true)]
    [InlineData(AssertionOperator.LessThan, "1", "2", true)]
    [InlineData(AssertionOperator.LessThan, null, "2", false)]
    [InlineData(AssertionOperator.LessThan, "\"NaN\"", "5", false)]
    [InlineData(AssertionOperator.LessThanOrEqual, "\"NaN\"", "5", false)]
    [InlineData(AssertionOperator.LessThan, "\"-Infinity\"", "5", false)]
    [InlineData(AssertionOperator.LessThan, "-12", "-1.5", true)]
    [InlineData(AssertionOperator.LessThan, "1e-99999999999999999999", "1e-5", true)]
    [InlineData(AssertionOperator.LessThan, "-1e99999999999999999999", "0", true)]
    [InlineData(AssertionOperator.GreaterThan, "1.0000000000000000000000000000000001", "1", true)]
    [InlineData(AssertionOperator.LessThanOrEqual, "\"12\"", "12", true)]
    [InlineData(AssertionOperator.LessThanOrEqual, "3", "2", false)]
    [InlineData(AssertionOperator.Contains, "\"hello\"", "\"ell\"", true)]
    [InlineData(AssertionOperator.Contains, "\"a12\"", "12", true)]
    [InlineData(AssertionOperator.Contains, "[1,{\"a\":2}]", "{\"a\":2}", true)]
    [InlineData(AssertionOperator.Contains, "{\"k\":1}", "\"k\"", true)]
    [InlineData(AssertionOperator.Contains, "12", "1", false)]
    [InlineData(AssertionOperator.NotContains, "\"hello\"", "\"x\"", true)]
    [InlineData(AssertionOperator.NotContains, "[1]", "1", false)]
    [InlineData(AssertionOperator.StartsWith, "\"hello\"", "\"he\"", true)]
    [InlineData(AssertionOperator.StartsWith, "\"hello\"", "\"lo\"", false)]
    [InlineData(AssertionOperator.NotStartsWith, "\"hello\"", "\"lo\"", true)]
    [InlineData(AssertionOperator.NotStartsWith, "\"hello\"", "\"he\"", false)]
    [InlineData(AssertionOperator.EndsWith, "\"hello\"", "\"lo\"", true)]
    [InlineData(AssertionOperator.EndsWith, null, "\"lo\"", false)]
    [InlineData(AssertionOperator.NotEndsWith, null, "\"lo\"", true)]
    [InlineData(AssertionOperator.NotEndsWith, "\"hello\"", "\"lo\"", false)]
    public void An_operator_means_what_the_reference_says(
        AssertionOperator question, string? found, string? expected, bool holds) =>
        Assert.Equal(holds, AssertionJudge.Holds(question, Parse(found), Parse(expected)));

    [Fact]
    public void There_is_a_word_for_each_operator() => Assert.Equal(
        Enum.GetValues<AssertionOperator>(),
        PlanWords.Operators.Select(static pair => pair.Meaning).Order());

    private static JsonElement? Parse(string? json) => json is null ? null : PlanValue.Parse(json).Json;
}
