using System.Xml.XPath;

namespace Undercroft.Monitors;

/// <summary>Where in a response an assertion looks.</summary>
internal static class AssertionPath
{
    /// <summary>Says what is wrong with an assertion's path; null where nothing is.</summary>
    public static string? Problem(PlanAssertion assertion, PlanResponseFormat format) => assertion.Subject switch
    {
        AssertionSubject.Headers when assertion.Path.Count != 1 || assertion.Path[0].Length == 0 =>
            "expected the name of one header.",
        AssertionSubject.Status or AssertionSubject.Latency when assertion.Path.Count > 0 =>
            $"'{PlanWords.Of(PlanWords.Subjects, assertion.Subject)}' has no parts. Remove the path.",
        AssertionSubject.Body when format == PlanResponseFormat.Text && assertion.Path.Count > 0 =>
            "a body of response_format TEXT has no parts. Remove the path.",
        AssertionSubject.Body when format == PlanResponseFormat.Xml => XPathProblem(assertion.Path),
        AssertionSubject.Body when format == PlanResponseFormat.Json && assertion.Path is [var text]
            && text.StartsWith('$') => JsonPathText.Problem(text),
        _ => null,
    };

    /// <summary>The XPath expression of an assertion: a text as it is, several as the names of nested elements.
    /// </summary>
    public static string XPathOf(IReadOnlyList<string> path) => path switch
    {
        [] => "/",
        [var expression] => expression,
        _ => "/" + string.Join('/', path),
    };

    private static string? XPathProblem(IReadOnlyList<string> path)
    {
        var expression = XPathOf(path);
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
