using System.Globalization;

namespace Undercroft.Queries;

/// <summary>How a query is run: what is looked at, what is judged, where the order comes from.</summary>
public sealed record QueryPlan
{
    private QueryPlan()
    {
    }

    /// <summary>The collection.</summary>
    public required string Collection { get; init; }

    /// <summary>How documents are found.</summary>
    public required PlanAccess Access { get; init; }

    /// <summary>The indexes walked, as declared, one for each source of a union; <c>$tags</c> and <c>$id</c> are built
    /// in.</summary>
    public required IReadOnlyList<string> Indexes { get; init; }

    /// <summary>The part of the filter that the ranges come from, for each source; <c>{}</c> means all of it.</summary>
    public required IReadOnlyList<string> Bounds { get; init; }

    /// <summary>How many ranges or ids are read.</summary>
    public required int Ranges { get; init; }

    /// <summary>The part of the filter judged on each document found; null means that none needs to be.</summary>
    public required string? Residual { get; init; }

    /// <summary>Where the order comes from.</summary>
    public required PlanOrder Order { get; init; }

    /// <summary>Whether the walk goes backward.</summary>
    public required bool IsReverse { get; init; }

    /// <summary>What to declare so that an index serves the query, as a sentence; empty where one does.</summary>
    public required string Advice { get; init; }

    /// <summary>Whether ids or an index bound what is looked at and give the order: neither everything is judged, nor
    /// anything sorted.</summary>
    public required bool IsServedByIndex { get; init; }

    /// <summary>Writes the plan as JSON, for tools.</summary>
    public string ToJson() => FilterWriter.Text(json =>
    {
        json.WriteStartObject();
        json.WriteString("collection", Collection);
        json.WriteString("access", Access.ToString());
        json.WriteStartArray("indexes");
        foreach (var index in Indexes)
        {
            json.WriteStringValue(index);
        }

        json.WriteEndArray();
        json.WriteStartArray("bounds");
        foreach (var bounds in Bounds)
        {
            json.WriteRawValue(bounds);
        }

        json.WriteEndArray();
        json.WriteNumber("ranges", Ranges);
        json.WritePropertyName("residual");
        json.WriteRawValue(Residual ?? "null");
        json.WriteString("order", Order.ToString());
        json.WriteBoolean("reverse", IsReverse);
        json.WriteEndObject();
    });

    /// <summary>Writes the plan for people: <c>index by-author(author, -score) within {"author":"Ann"}, 1 range,
    /// forward; order as found</c>.</summary>
    public override string ToString()
    {
        var found = Access switch
        {
            PlanAccess.FullScan => "a full scan",
            PlanAccess.Ids => FormattableString.Invariant($"{Ranges} ids"),
            PlanAccess.IdRange => Bounds[0] == "{}" ? "all ids" : $"ids within {Bounds[0]}",
            _ => string.Join(" and ", Indexes.Zip(Bounds, static (index, bounds) =>
                $"index {index}" + (bounds == "{}" ? "" : $" within {bounds}"))) +
                string.Create(CultureInfo.InvariantCulture, $", {Ranges} {(Ranges == 1 ? "range" : "ranges")}"),
        };
        var residual = Residual is null ? "" : $"; then filter {Residual}";
        var order = Order switch
        {
            PlanOrder.Found => "; order as found",
            PlanOrder.Sorted => "; then sort in memory",
            _ => "",
        };
        return $"{found}, {(IsReverse ? "backward" : "forward")}{residual}{order}";
    }

    internal static QueryPlan Of(string collection, QuerySpec spec, AccessPlan plan)
    {
        var first = plan.Sources[0];
        var residuals = plan.Sources
            .Select(static source => source.Residual)
            .Where(static residual => !ReferenceEquals(residual, Filter.All));
        var isServed = (spec.Order.Count == 0 || plan.IsOrdered) && plan.Sources.All(static source =>
            !ReferenceEquals(source.Bounds, Filter.All) || ReferenceEquals(source.Residual, Filter.All));
        return new QueryPlan
        {
            Collection = collection,
            Access = plan.Sources.Count > 1 ? PlanAccess.Union : AccessOf(first),
            Indexes = [.. plan.Sources.Select(NameOf)],
            Bounds = [.. plan.Sources.Select(static source => source.Bounds.ToString())],
            Ranges = plan.Sources.Sum(static source => source.Kind switch
            {
                SourceKind.Index => source.Ranges.Count,
                SourceKind.Ids => source.Ids.Count,
                _ => 1,
            }),
            Residual = residuals.Distinct().ToList() is { Count: > 0 } left ? Filter.Or(left).ToString() : null,
            Order = spec.Order.Count == 0 ? PlanOrder.None : plan.IsOrdered ? PlanOrder.Found : PlanOrder.Sorted,
            IsReverse = first.IsReverse,
            IsServedByIndex = isServed,
            Advice = isServed ? "" : IndexAdvice.For(spec),
        };
    }

    private static string NameOf(ScanSource source) =>
        source.Index?.ToString() ?? (source.IndexName is null ? "$id" : "$tags");

    private static PlanAccess AccessOf(ScanSource source) => source.Kind switch
    {
        SourceKind.Ids => PlanAccess.Ids,
        SourceKind.Index => PlanAccess.Index,
        _ when ReferenceEquals(source.Bounds, Filter.All) && !ReferenceEquals(source.Residual, Filter.All) =>
            PlanAccess.FullScan,
        _ => PlanAccess.IdRange,
    };
}
