namespace Undercroft.Monitors;

/// <summary>The words of a plan's JSON, in one place for reading, writing and telling.</summary>
internal static class PlanWords
{
    public static readonly (string Word, AssertionOperator Meaning)[] Operators =
    [
        ("EQUAL", AssertionOperator.Equal),
        ("NOT_EQUAL", AssertionOperator.NotEqual),
        ("GREATER_THAN", AssertionOperator.GreaterThan),
        ("LESS_THAN", AssertionOperator.LessThan),
        ("GREATER_THAN_OR_EQUAL", AssertionOperator.GreaterThanOrEqual),
        ("LESS_THAN_OR_EQUAL", AssertionOperator.LessThanOrEqual),
        ("CONTAINS", AssertionOperator.Contains),
        ("NOT_CONTAINS", AssertionOperator.NotContains),
        ("STARTS_WITH", AssertionOperator.StartsWith),
        ("ENDS_WITH", AssertionOperator.EndsWith),
        ("NOT_STARTS_WITH", AssertionOperator.NotStartsWith),
        ("NOT_ENDS_WITH", AssertionOperator.NotEndsWith),
        ("IS_NULL", AssertionOperator.IsNull),
        ("IS_NOT_NULL", AssertionOperator.IsNotNull),
        ("IS_TRUE", AssertionOperator.IsTrue),
        ("IS_FALSE", AssertionOperator.IsFalse),
        ("IS_EMPTY", AssertionOperator.IsEmpty),
        ("IS_NOT_EMPTY", AssertionOperator.IsNotEmpty),
    ];

    public static readonly (string Word, AssertionSubject Meaning)[] Subjects =
    [
        ("body", AssertionSubject.Body),
        ("headers", AssertionSubject.Headers),
        ("status", AssertionSubject.Status),
        ("latency", AssertionSubject.Latency),
    ];

    public static readonly (string Word, PlanResponseFormat Meaning)[] Formats =
    [
        ("JSON", PlanResponseFormat.Json),
        ("XML", PlanResponseFormat.Xml),
        ("TEXT", PlanResponseFormat.Text),
    ];

    public static readonly (string Word, PlanFrequencyUnit Meaning)[] Units =
    [
        ("SECOND", PlanFrequencyUnit.Second),
        ("MINUTE", PlanFrequencyUnit.Minute),
        ("HOUR", PlanFrequencyUnit.Hour),
        ("DAY", PlanFrequencyUnit.Day),
    ];

    public static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"];

    public static readonly string[] Types = [HttpRequestNode.TypeName, WaitNode.TypeName, AssertionNode.TypeName];

    /// <summary>Says whether an operator compares with nothing.</summary>
    public static bool IsUnary(AssertionOperator question) => question >= AssertionOperator.IsNull;

    /// <summary>The word for a meaning.</summary>
    public static string Of<T>((string Word, T Meaning)[] words, T meaning)
        where T : struct, Enum =>
        words.First(pair => EqualityComparer<T>.Default.Equals(pair.Meaning, meaning)).Word;
}
