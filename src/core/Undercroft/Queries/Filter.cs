using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Which documents a query wants. Immutable; compares by content; its text is its JSON form.</summary>
/// <remarks>
/// A path through arrays has several values: a condition holds where any of them meets it. Where a path leads to
/// nothing, or to an empty array, its value is null. Comparisons order values as indexes do, and never across kinds: a
/// number is neither less nor greater than a string.
/// </remarks>
public abstract class Filter : IEquatable<Filter>
{
    private string? text;

    private protected Filter()
    {
    }

    /// <summary>Wants every document.</summary>
    public static Filter All { get; } = new AndFilter([]);

    /// <summary>Wants documents where a value is equal to one given.</summary>
    public static Filter Equal(string path, FieldValue value) => Of(path, ConditionOperator.Equal, value);

    /// <summary>Wants documents where no value is equal to one given.</summary>
    public static Filter NotEqual(string path, FieldValue value) => Not(Equal(path, value));

    /// <summary>Wants documents where a value is less than one given.</summary>
    public static Filter Less(string path, FieldValue value) => Of(path, ConditionOperator.Less, value);

    /// <summary>Wants documents where a value is not greater than one given.</summary>
    public static Filter LessOrEqual(string path, FieldValue value) => Of(path, ConditionOperator.LessOrEqual, value);

    /// <summary>Wants documents where a value is greater than one given.</summary>
    public static Filter Greater(string path, FieldValue value) => Of(path, ConditionOperator.Greater, value);

    /// <summary>Wants documents where a value is not less than one given.</summary>
    public static Filter GreaterOrEqual(string path, FieldValue value) =>
        Of(path, ConditionOperator.GreaterOrEqual, value);

    /// <summary>Wants documents where one value is from one bound on and before another.</summary>
    public static Filter Between(string path, FieldValue from, FieldValue before) => new FieldFilter(
        FieldPath.Parse(path),
        [new(ConditionOperator.GreaterOrEqual, from), new(ConditionOperator.Less, before)]);

    /// <summary>Wants documents where a value is equal to one of several; of none, no document.</summary>
    public static Filter In(string path, params IEnumerable<FieldValue> values) =>
        new FieldFilter(FieldPath.Parse(path), [new(ConditionOperator.In, values)]);

    /// <summary>Wants documents where a value is a string that begins with another.</summary>
    public static Filter StartsWith(string path, string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return Of(path, ConditionOperator.StartsWith, FieldValue.From(prefix));
    }

    /// <summary>Wants documents where a value is a string with another in it, or an array has an element equal to it.
    /// </summary>
    public static Filter Contains(string path, FieldValue value) => Of(path, ConditionOperator.Contains, value);

    /// <summary>Wants documents where the path is there, be it with null.</summary>
    public static Filter Exists(string path) => new ExistsFilter(FieldPath.Parse(path));

    /// <summary>Wants documents where one element at a path, taken by itself, meets a filter; its paths begin at the
    /// element.</summary>
    public static Filter Any(string path, Filter element) => new ElementFilter(FieldPath.Parse(path), element);

    /// <summary>Wants documents that all filters want; of none, every document.</summary>
    public static Filter And(params IEnumerable<Filter> filters) => AndFilter.Make(filters);

    /// <summary>Wants documents that at least one filter wants.</summary>
    /// <exception cref="ArgumentException">There is no filter.</exception>
    public static Filter Or(params IEnumerable<Filter> filters) => OrFilter.Make(filters);

    /// <summary>Wants documents that a filter does not want.</summary>
    public static Filter Not(Filter filter) => new NotFilter(filter);

    /// <summary>Reads the JSON form.</summary>
    /// <exception cref="ArgumentException">It is not the JSON form of a filter; the message names the
    /// place.</exception>
    public static Filter Parse(string json) => FilterReader.ReadFilter(json);

    /// <inheritdoc/>
    public bool Equals(Filter? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as Filter);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Writes the JSON form, which <see cref="Parse"/> reads back.</summary>
    public sealed override string ToString() => text ??= FilterWriter.Write(this);

    private static FieldFilter Of(string path, ConditionOperator @operator, FieldValue value) =>
        new(FieldPath.Parse(path), [new(@operator, value)]);
}
