using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>Judges whether what was found is what was expected.</summary>
internal static class AssertionJudge
{
    /// <summary>Judges.</summary>
    /// <param name="question">What must hold.</param>
    /// <param name="found">What was found; null where there is nothing.</param>
    /// <param name="expected">What it is compared with; null where the operator compares with nothing.</param>
    public static bool Holds(AssertionOperator question, JsonElement? found, JsonElement? expected) => question switch
    {
        AssertionOperator.IsNull => IsNull(found),
        AssertionOperator.IsNotNull => !IsNull(found),
        AssertionOperator.IsTrue => IsFlag(found, JsonValueKind.True, "true"),
        AssertionOperator.IsFalse => IsFlag(found, JsonValueKind.False, "false"),
        AssertionOperator.IsEmpty => IsEmpty(found),
        AssertionOperator.IsNotEmpty => !IsEmpty(found),
        AssertionOperator.Equal => AreEqual(found, expected),
        AssertionOperator.NotEqual => !AreEqual(found, expected),
        AssertionOperator.GreaterThan => Compare(found, expected) > 0,
        AssertionOperator.LessThan => Compare(found, expected) < 0,
        AssertionOperator.GreaterThanOrEqual => Compare(found, expected) >= 0,
        AssertionOperator.LessThanOrEqual => Compare(found, expected) <= 0,
        AssertionOperator.Contains => Contains(found, expected),
        AssertionOperator.NotContains => !Contains(found, expected),
        AssertionOperator.StartsWith => HasText(found, expected, static (text, part) => text.StartsWith(part, Byte)),
        AssertionOperator.NotStartsWith =>
            !HasText(found, expected, static (text, part) => text.StartsWith(part, Byte)),
        AssertionOperator.EndsWith => HasText(found, expected, static (text, part) => text.EndsWith(part, Byte)),
        AssertionOperator.NotEndsWith => !HasText(found, expected, static (text, part) => text.EndsWith(part, Byte)),
        _ => throw new ArgumentOutOfRangeException(nameof(question), question, "No such operator."),
    };

    private const StringComparison Byte = StringComparison.Ordinal;

    private static bool IsNull(JsonElement? found) => found is null or { ValueKind: JsonValueKind.Null };

    private static bool IsFlag(JsonElement? found, JsonValueKind kind, string word) =>
        found is { } value && (value.ValueKind == kind
            || (value.ValueKind == JsonValueKind.String && value.ValueEquals(word)));

    private static bool IsEmpty(JsonElement? found) => IsNull(found) || found!.Value.ValueKind switch
    {
        JsonValueKind.String => found.Value.ValueEquals(""),
        JsonValueKind.Array => found.Value.GetArrayLength() == 0,
        JsonValueKind.Object => found.Value.GetPropertyCount() == 0,
        _ => false,
    };

    private static bool AreEqual(JsonElement? found, JsonElement? expected)
    {
        if (IsNull(found) || IsNull(expected))
        {
            return IsNull(found) && IsNull(expected);
        }

        // Headers and XML have texts only: a number is equal to how it is written.
        return (MixedNumbers(found!.Value, expected!.Value) && Compare(found, expected) == 0)
            || JsonElement.DeepEquals(found.Value, expected.Value);
    }

    private static bool MixedNumbers(JsonElement left, JsonElement right) =>
        left.ValueKind == JsonValueKind.Number || right.ValueKind == JsonValueKind.Number;

    /// <summary>Compares; null where the two cannot be compared, so that no comparison holds.</summary>
    private static int? Compare(JsonElement? found, JsonElement? expected)
    {
        if (IsNull(found) || IsNull(expected))
        {
            return null;
        }

        var (left, right) = (found!.Value, expected!.Value);
        if (MixedNumbers(left, right))
        {
            return Number(left) is { } one && Number(right) is { } other ? one.CompareTo(other) : null;
        }

        return left.ValueKind == JsonValueKind.String && right.ValueKind == JsonValueKind.String
            ? Utf8Order.Compare(left.GetString(), right.GetString())
            : null;
    }

    private static ExactNumber? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => ExactNumber.Read(value.GetRawText()),
        JsonValueKind.String => ExactNumber.Read(value.GetString()),
        _ => null,
    };

    private static bool Contains(JsonElement? found, JsonElement? expected)
    {
        if (IsNull(found) || expected is not { } part)
        {
            return false;
        }

        var whole = found!.Value;
        return whole.ValueKind switch
        {
            JsonValueKind.Array => whole.EnumerateArray().Any(element => AreEqual(element, part)),
            JsonValueKind.Object => part.ValueKind == JsonValueKind.String
                && whole.TryGetProperty(part.GetString()!, out _),
            _ => HasText(found, expected, static (text, piece) => text.Contains(piece, Byte)),
        };
    }

    private static bool HasText(JsonElement? found, JsonElement? expected, Func<string, string, bool> holds) =>
        found is { ValueKind: JsonValueKind.String } text
        && expected is { ValueKind: JsonValueKind.String or JsonValueKind.Number } part
        && holds(text.GetString()!, part.ToString());
}
