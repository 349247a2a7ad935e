using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>A query whose documents are grouped by a member. Immutable.</summary>
/// <typeparam name="T">The type of the documents.</typeparam>
/// <typeparam name="TKey">The type of the member.</typeparam>
public sealed class GroupedQuery<T, TKey>
{
    private readonly Query<T> query;
    private readonly MemberPath key;

    internal GroupedQuery(Query<T> query, MemberPath key)
    {
        this.query = query;
        this.key = key;
    }

    /// <summary>Counts the documents of each group.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The groups by their keys, in order.</returns>
    /// <exception cref="LimitExceededException">There are more groups than <see cref="QueryOptions.GroupsMax"/>.
    /// </exception>
    public ValueTask<IReadOnlyList<KeyValuePair<TKey?, long>>> CountAsync(
        CancellationToken cancellationToken = default) =>
        RunAsync(
            Aggregate.Count,
            static group => (long)AggregateResult.ToDecimal(group.Values[0])!.Value,
            cancellationToken);

    /// <summary>Adds up a member's numbers in each group, exactly.</summary>
    /// <param name="member">The member.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The groups by their keys, in order.</returns>
    /// <exception cref="LimitExceededException">There are more groups than <see cref="QueryOptions.GroupsMax"/>.
    /// </exception>
    public ValueTask<IReadOnlyList<KeyValuePair<TKey?, decimal>>> SumAsync<TValue>(
        Expression<Func<T, TValue>> member, CancellationToken cancellationToken = default) =>
        RunAsync(
            Of(AggregateFunction.Sum, member),
            static group => AggregateResult.ToDecimal(group.Values[0]) ?? 0,
            cancellationToken);

    /// <summary>Averages a member's numbers in each group, to 28 digits; null where it has none.</summary>
    /// <param name="member">The member.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The groups by their keys, in order.</returns>
    /// <exception cref="LimitExceededException">There are more groups than <see cref="QueryOptions.GroupsMax"/>.
    /// </exception>
    public ValueTask<IReadOnlyList<KeyValuePair<TKey?, decimal?>>> AverageAsync<TValue>(
        Expression<Func<T, TValue>> member, CancellationToken cancellationToken = default) =>
        RunAsync(
            Of(AggregateFunction.Average, member),
            static group => AggregateResult.ToAverage(group.Values[0]),
            cancellationToken);

    /// <summary>Finds the least value of a member in each group.</summary>
    /// <param name="member">The member; select a nullable where a group may have no value.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The groups by their keys, in order.</returns>
    /// <exception cref="LimitExceededException">There are more groups than <see cref="QueryOptions.GroupsMax"/>.
    /// </exception>
    public ValueTask<IReadOnlyList<KeyValuePair<TKey?, TValue?>>> MinAsync<TValue>(
        Expression<Func<T, TValue>> member, CancellationToken cancellationToken = default) =>
        EndAsync(AggregateFunction.Min, member, cancellationToken);

    /// <summary>Finds the greatest value of a member in each group.</summary>
    /// <param name="member">The member; select a nullable where a group may have no value.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The groups by their keys, in order.</returns>
    /// <exception cref="LimitExceededException">There are more groups than <see cref="QueryOptions.GroupsMax"/>.
    /// </exception>
    public ValueTask<IReadOnlyList<KeyValuePair<TKey?, TValue?>>> MaxAsync<TValue>(
        Expression<Func<T, TValue>> member, CancellationToken cancellationToken = default) =>
        EndAsync(AggregateFunction.Max, member, cancellationToken);

    private ValueTask<IReadOnlyList<KeyValuePair<TKey?, TValue?>>> EndAsync<TValue>(
        AggregateFunction function, Expression<Func<T, TValue>> member, CancellationToken cancellationToken)
    {
        var type = query.Source.PathOf(member).TypeInfo;
        return RunAsync(
            Of(function, member), group => AggregateResult.To<TValue>(TextOr(group, 0), type), cancellationToken);
    }

    private Aggregate Of<TValue>(AggregateFunction function, Expression<Func<T, TValue>> member) =>
        query.Source.AggregateOf(function, member);

    // A time as a document has it.
    private static FieldValue TextOr(AggregateGroup group, int at) =>
        group.Texts[at].Kind == FieldValueKind.Text ? group.Texts[at] : group.Values[at];

    private async ValueTask<IReadOnlyList<KeyValuePair<TKey?, TResult>>> RunAsync<TResult>(
        Aggregate aggregate, Func<AggregateGroup, TResult> convert, CancellationToken cancellationToken)
    {
        var field = new IndexField(key.Path, key.Kind);
        var absent = Absent();
        var groups = await query
            .GroupAsync(
                [field],
                key is { Kind: FieldKind.Time, IsSingle: true }
                    ? [aggregate, Aggregate.Of(AggregateFunction.Min, field)]
                    : [aggregate],
                new AggregateReading(absent),
                cancellationToken)
            .ConfigureAwait(false);
        return [.. groups.Select(group => new KeyValuePair<TKey?, TResult>(KeyOf(group, absent), convert(group)))];
    }

    private TKey? KeyOf(AggregateGroup group, FieldValue? absent)
    {
        var value = group.Key[0];
        return value.Kind == FieldValueKind.Null || value == absent ? default
            : AggregateResult.To<TKey>(group.Values.Count > 1 ? TextOr(group, 1) : value, key.TypeInfo);
    }

    // A member that a document leaves out has its type's own default, and so the group of that.
    [SuppressMessage("Design", "CA1031", Justification = "A converter may throw anything; then it writes no default.")]
    private FieldValue? Absent()
    {
        try
        {
            return default(TKey) is { } value ? FieldConstant.Of(value, key.TypeInfo) : null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // No document has it either.
            return null;
        }
    }
}
