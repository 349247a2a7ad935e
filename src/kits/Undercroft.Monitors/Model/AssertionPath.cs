using System.Xml.XPath;

namespace Undercroft.Monitors;

/// <summary>Where in a response an assertion looks.</summary>
internal static class AssertionPath
{
    /// <summary>Says what is wrong with an assertion's path; null where nothing is.</summary>
    public static string? Problem(PlanAssertion assertion, PlanResponseFormat format) => assertion.Subject switch
    {
        AssertionSubject.Headers when assertion is { PathExpression: null, Path.Count: not 1 }
            || HeaderOf(assertion).Length == 0 =>
            "expected the name of one header.",
        AssertionSubject.Status or AssertionSubject.Latency when HasPath(assertion) =>
            $"'{PlanWords.Of(PlanWords.Subjects, assertion.Subject)}' has no parts. Remove the path.",
        AssertionSubject.Body when format == PlanResponseFormat.Text && HasPath(assertion) =>
            "a body of response_format TEXT has no parts. Remove the path.",
        AssertionSubject.Body when format == PlanResponseFormat.Xml => XPathProblem(XPathOf(assertion)),
        AssertionSubject.Body when format == PlanResponseFormat.Json
            && assertion.PathExpression is { } expression => JsonPathText.Problem(expression),
        _ => null,
    };

    /// <summary>The name of the header that is meant.</summary>
    public static string HeaderOf(PlanAssertion assertion) => assertion.PathExpression ?? assertion.Path[0];

    /// <summary>The names and positions that lead through a body of JSON.</summary>
    public static IReadOnlyList<string> StepsOf(PlanAssertion assertion) =>
        assertion.PathExpression is { } text ? JsonPathText.TryRead(text) ?? [] : assertion.Path;

    /// <summary>The XPath expression of an assertion: as it is given, or made of the names of nested elements.
    /// </summary>
    public static string XPathOf(PlanAssertion assertion) =>
        assertion.PathExpression ?? "/" + string.Join('/', assertion.Path);

    private static bool HasPath(PlanAssertion assertion) =>
        assertion.PathExpression is not null || assertion.Path.Count > 0;

    private static string? XPathProblem(string expression)
    {
        if (expression.Length > PlanLimits.XPathMax)
        {
            return $"the XPath expression has {expression.Length} characters; expected at most {PlanLimits.XPathMax}.";
        }

        try
        {
            _ = XPathExpression.Compile(expression);
            return null;
        }
        catch (Exception error) when (error is XPathException or ArgumentException)
        {
            return $"{Names.Show(expression)} is no XPath 1.0 expression: {error.Message}";
        }
    }
}
