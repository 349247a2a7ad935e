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
        RunAsync(Aggregate.Count, static value => (long)AggregateResult.ToDecimal(value)!.Value, cancellationToken);

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
            static value => AggregateResult.ToDecimal(value) ?? 0,
            cancellationToken);

    /// <summary>Averages a member's numbers in each group, to 28 digits; null where it has none.</summary>
    /// <param name="member">The member.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The groups by their keys, in order.</returns>
    /// <exception cref="LimitExceededException">There are more groups than <see cref="QueryOptions.GroupsMax"/>.
    /// </exception>
    public ValueTask<IReadOnlyList<KeyValuePair<TKey?, decimal?>>> AverageAsync<TValue>(
        Expression<Func<T, TValue>> member, CancellationToken cancellationToken = default) =>
        RunAsync(Of(AggregateFunction.Average, member), AggregateResult.ToDecimal, cancellationToken);

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
            Of(function, member), value => AggregateResult.To<TValue>(value, type), cancellationToken);
    }

    private Aggregate Of<TValue>(AggregateFunction function, Expression<Func<T, TValue>> member)
    {
        var path = query.Source.PathOf(member);
        return Aggregate.Of(function, new IndexField(path.Path, path.Kind));
    }

    private async ValueTask<IReadOnlyList<KeyValuePair<TKey?, TResult>>> RunAsync<TResult>(
        Aggregate aggregate, Func<FieldValue, TResult> convert, CancellationToken cancellationToken)
    {
        var groups = await query
            .GroupAsync([new IndexField(key.Path, key.Kind)], [aggregate], cancellationToken)
            .ConfigureAwait(false);

        return
        [
            .. groups.Select(group => new KeyValuePair<TKey?, TResult>(KeyOf(group.Key[0]), convert(group.Values[0]))),
        ];
    }

    // A member that a document leaves out has its type's own default.
    private TKey? KeyOf(FieldValue value) =>
        value.Kind == FieldValueKind.Null ? default : AggregateResult.To<TKey>(value, key.ValueType);
}
