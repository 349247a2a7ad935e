using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;

namespace Undercroft.Tests.Queries;

/// <summary>Makes random things, and predicates over them as people write them.</summary>
internal sealed class ExpressionMaker(Random random)
{
    private static readonly DateTimeOffset Noon = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Texts = ["", "a", "ab", "abc", "B", "b", "zoë", "ann"];
    private static readonly float[] Singles = [0f, 0.1f, 0.5f, 0.30000001f, 16777216f, -1.5f];
    private static readonly double[] Doubles = [0, 0.1, 0.5, 0.3, 0.30000001192092896, 2.5, -1.5, 16777217, 1e300];
    private static readonly decimal[] Decimals = [0m, 0.10m, 0.1m, 3m, 3.5m, 3.9m, -2.00m];

    public Thing Thing() => new()
    {
        Count = Small(),
        Maybe = OrNull(Small()),
        Big = random.Next(4) == 0 ? long.MaxValue - random.Next(3) : Small(),
        Level = (byte)random.Next(256),
        Huge = random.Next(3) == 0 ? Int128.MaxValue - random.Next(3) : Small(),
        Single = Pick(Singles),
        Ratio = Pick(Doubles),
        Wild = Pick(double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.5, -3, 7),
        Serial = Small(),
        Price = Pick(Decimals),
        Cost = OrNull(Pick(Decimals)),
        Flag = random.Next(2) == 0,
        Sure = OrNull(random.Next(2) == 0),
        Name = Pick(Texts),
        Nick = random.Next(3) == 0 ? null : Pick(Texts),
        Letter = Pick('a', 'b', 'é', '€'),
        Key = Key(),
        At = Time(),
        When = Time().UtcDateTime,
        Until = OrNull(DateTime.SpecifyKind(Time().UtcDateTime, DateTimeKind.Unspecified)),
        Day = Day(),
        Span = Span(),
        Mood = (Mood)random.Next(3),
        Genre = (Genre)random.Next(2),
        Other = OrNull((Genre)random.Next(2)),
        Author = random.Next(3) == 0 ? null : new Person(Pick(Texts), OrNull(Small())),
        Tags = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Pick(Texts))],
        Ranks = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Small())],
        Parts = [.. Enumerable.Range(0, random.Next(3)).Select(_ =>
            new Part(Pick(Texts), Small(), random.Next(2) == 0 ? null : Pick(Texts)))],
        Scores = new() { ["Alpha"] = Small(), ["beta"] = Small() },
        Lists = new() { ["One"] = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Small())] },
    };

    /// <summary>A predicate: one leaf, or several put together.</summary>
    public Expression<Func<Thing, bool>> Predicate(int depth = 3)
    {
        var kind = depth == 0 ? 8 : random.Next(9);
        if (kind > 5)
        {
            return Leaf();
        }

        var left = Predicate(depth - 1);
        var right = Predicate(depth - 1);
        var body = new Rename(right.Parameters[0], left.Parameters[0]).Visit(right.Body);
        return Expression.Lambda<Func<Thing, bool>>(
            kind switch
            {
                0 => Expression.AndAlso(left.Body, body),
                1 => Expression.OrElse(left.Body, body),
                2 => Expression.Not(left.Body),
                3 => Compared(left.Body, body),
                _ => Compared(left.Body, Answer()),
            },
            left.Parameters);
    }

    // A condition and what is expected of it, on either side.
    private BinaryExpression Compared(Expression left, Expression right)
    {
        if (right.Type != left.Type)
        {
            left = Expression.Convert(left, right.Type);
        }

        if (random.Next(4) == 0)
        {
            (left, right) = (right, left);
        }

        return random.Next(2) == 0 ? Expression.Equal(left, right) : Expression.NotEqual(left, right);
    }

    private Expression Answer()
    {
        var (yes, maybe) = (random.Next(2) == 0, OrNull(random.Next(2) == 0));
        Expression<Func<bool>> captured = () => yes;
        Expression<Func<bool?>> open = () => maybe;
        return Pick<Expression>(Expression.Constant(yes), captured.Body, open.Body);
    }

    private Expression<Func<Thing, bool>> Leaf() => random.Next(4) switch
    {
        0 => Numbers(),
        1 => Texted(),
        2 => Timed(),
        _ => Collected(),
    };

    private Expression<Func<Thing, bool>> Numbers()
    {
        var (n, d, m, maybe) = (Small(), Pick(Doubles), Pick(Decimals), OrNull(Small()));
        long? far = OrNull(long.MaxValue - random.Next(3));
        var (huge, wild, wide) = (Int128.MaxValue - random.Next(3), Pick(double.NaN, 0.5, 1, 7), random.Next(200, 300));
        var (low, high, flag) = ((double)Small(), (float)Small(), random.Next(2) == 0);
        var sure = OrNull(flag);
        return Pick<Expression<Func<Thing, bool>>>(
            x => x.Count == n, x => x.Count != maybe, x => x.Count < d, x => d >= x.Count, x => x.Count == (int)d,
            x => x.Count > (byte)n, x => x.Count <= low, x => x.Count >= high, x => (long)x.Count == far,
            x => x.Maybe == maybe, x => x.Maybe >= maybe, x => x.Maybe < maybe, x => x.Maybe != n, x => !(x.Maybe > n),
            x => x.Maybe.HasValue, x => x.Maybe.HasValue == flag, x => !x.Maybe.HasValue != flag,
            x => x.Maybe.HasValue == false, x => true != x.Maybe.HasValue, x => x.Maybe.HasValue == x.Flag,
            x => x.Maybe.HasValue == sure, x => x.Flag != x.Cost.HasValue,
            x => x.Maybe.HasValue && x.Maybe.Value <= n, x => x.Maybe == null,
            x => x.Big == far, x => x.Big > far, x => x.Big < low, x => x.Big >= n, x => x.Level < wide,
            x => x.Level == n, x => x.Level == wide, x => x.Huge == huge, x => x.Huge > n, x => x.Huge <= huge,
            x => x.Single == d, x => x.Single < d, x => x.Single <= d, x => x.Single > d, x => x.Single >= d,
            x => x.Single == (float)d, x => x.Ratio == d, x => x.Ratio < d, x => x.Ratio >= n, x => x.Ratio != d,
            x => x.Wild > wild, x => x.Wild <= wild, x => x.Wild == wild, x => x.Wild != wild, x => !(x.Wild < wild),
            x => x.Serial == n, x => x.Serial != n, x => x.Price == m, x => x.Price > m, x => x.Price <= n,
            x => x.Cost == m, x => x.Cost < m, x => x.Cost != null, x => x.Flag, x => !x.Flag, x => x.Sure == true,
            x => x.Sure != false, x => x.Sure == null, x => x.Count.Equals(n), x => x.Mood == (Mood)n,
            x => x.Mood > Mood.Calm, x => (int)x.Mood <= n, x => x.Genre == Genre.Poem, x => x.Other != Genre.Tale,
            x => x.Other == null, x => x.Flag == flag, x => flag);
    }

    [SuppressMessage("Usage", "CA2251", Justification = "People write it so, and the query is to understand it.")]
    private Expression<Func<Thing, bool>> Texted()
    {
        var (a, b, c) = (Pick(Texts), random.Next(4) == 0 ? null : Pick(Texts), Pick('a', 'b', 'é'));
        var (list, set) = (new List<string?> { a, b, "abc" }, new HashSet<string>(StringComparer.Ordinal) { a, "b" });
        var (code, key, any) = ((int)c, Key(), Pick(Texts[1..]));
        return Pick<Expression<Func<Thing, bool>>>(
            x => x.Name == a, x => x.Name != b, x => x.Nick == b, x => x.Nick != a, x => x.Nick == null,
            x => x.Name.StartsWith(a, StringComparison.Ordinal), x => x.Name.Contains(a),
            x => x.Name.Contains(c), x => x.Nick != null && x.Nick.StartsWith(c),
            x => string.Compare(x.Name, b, StringComparison.Ordinal) < 0, x => string.CompareOrdinal(x.Name, a) >= 0,
            x => string.Compare(x.Nick, a, StringComparison.Ordinal) < 0,
            x => string.Compare(x.Nick, b, StringComparison.Ordinal) <= 0,
            x => string.Compare(x.Nick, b, StringComparison.Ordinal) > 0,
            x => string.Compare(x.Nick, b, StringComparison.Ordinal) >= 0,
            x => string.Compare(x.Nick, b, StringComparison.Ordinal) == 0,
            x => 0 < string.CompareOrdinal(x.Nick, a), x => string.CompareOrdinal(x.Nick, b) != 0,
            x => x.Name.Equals(a), x => x.Name.Equals(a, StringComparison.Ordinal), x => string.Equals(a, x.Nick),
            x => string.Equals(x.Nick, b, StringComparison.Ordinal), x => x.Name.Equals(b),
            x => string.IsNullOrEmpty(x.Nick), x => list.Contains(x.Nick), x => set.Contains(x.Name),
            x => new[] { a, "b" }.Contains(x.Name), x => list.Contains(x.Nick, StringComparer.Ordinal),
            x => x.Letter == c, x => x.Letter > c, x => x.Letter <= code, x => x.Key == key, x => x.Key != key,
            x => x.Author == null, x => x.Author != null && x.Author.Name == a,
            x => x.Author != null && x.Author.Age < 3, x => x.Author != null && x.Author.Name.StartsWith(any),
            x => x.Tags.Contains(a), x => x.Tags.Any(t => t == a), x => x.Tags.Any(), x => !x.Tags.Any(),
            x => x.Tags.Any(t => t.StartsWith(a, StringComparison.Ordinal)));
    }

    private Expression<Func<Thing, bool>> Timed()
    {
        var (at, span, day) = (Time().ToOffset(TimeSpan.FromHours(random.Next(-3, 4))), Span(), Day());
        var (utc, until, old) = (at.UtcDateTime, OrNull(Time().DateTime), OrNull(at));
        DateTimeOffset[] times = [at, Time()];
        return Pick<Expression<Func<Thing, bool>>>(
            x => x.At == at, x => x.At < at, x => x.At >= at, x => x.At != at, x => x.At > utc, x => x.At <= old,
            x => x.When == utc, x => x.When < utc, x => x.When >= utc, x => x.Until == until, x => x.Until < until,
            x => x.Until != null, x => x.Day == day, x => x.Day < day, x => day <= x.Day, x => x.Span == span,
            x => x.Span != span, x => times.Contains(x.At), x => x.At.Equals(at));
    }

    private Expression<Func<Thing, bool>> Collected()
    {
        var (n, m, a) = (Small(), Small(), Pick(Texts));
        List<int> list = [n, m];
        long[] longs = [n, 3];
        double[] doubles = [n, 0.1, double.NaN];
        Mood[] moods = [(Mood)n];
        return Pick<Expression<Func<Thing, bool>>>(
            x => x.Ranks.Contains(n), x => x.Ranks.Any(r => r > n), x => x.Ranks.Any(r => r >= n && r < m),
            x => x.Ranks.Any(), x => !x.Ranks.Any(r => r == n), x => x.Ranks.Any(r => n < r),
            x => x.Ranks.Any(r => r < n) && x.Ranks.Any(r => r > m), x => list.Contains(x.Count),
            x => longs.Contains(x.Count), x => doubles.Contains(x.Ratio), x => doubles.Contains(x.Wild),
            x => doubles.Contains(x.Single), x => moods.Contains(x.Mood), x => x.Parts.Any(), x => !x.Parts.Any(),
            x => x.Parts.Any(p => p.Size == n), x => x.Parts.Any(p => p.Size != n),
            x => x.Parts.Any(p => p.Size < n && p.Name == a), x => x.Parts.Any(p => p.Note == null),
            x => x.Parts.Any(p => !(p.Size > n) || p.Name.Contains(a)), x => x.Parts.Any(p => p.Note != a),
            x => x.Scores["Alpha"] == n, x => x.Scores["beta"] > n, x => x.Lists["One"].Contains(n),
            x => x.Lists["One"].Any(r => r < n) && x.Lists["One"].Any(r => r > m));
    }

    private int Small() => random.Next(-2, 6);

    private DateTimeOffset Time() =>
        Noon.AddHours(random.Next(-3, 4)).AddTicks(random.Next(2)).ToOffset(TimeSpan.FromHours(random.Next(-2, 3)));

    private DateOnly Day() => new(2024, 1 + random.Next(12), 1 + random.Next(3));

    private TimeSpan Span() => TimeSpan.FromHours(random.Next(-3, 30));

    private Guid Key() => new(random.Next(3), 1, 2, 3, 4, 5, 6, 7, 8, 9, (byte)random.Next(2));

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];

    private T? OrNull<T>(T value)
        where T : struct => random.Next(3) == 0 ? null : value;

    private sealed class Rename(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }
}
