using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Says which index would serve a query.</summary>
internal static class IndexAdvice
{
    public static string For(QuerySpec spec)
    {
        var conjuncts = new Conjuncts(spec.Where);
        List<IndexField> fields = [];
        foreach (var filter in conjuncts.All.OfType<FieldFilter>().Where(static filter => !filter.Path.IsRecordField))
        {
            if (KeyIntervals.Of(filter) is { IsPoints: true, Count: 1 })
            {
                Add(fields, new IndexField(filter.Path, filter.Kind));
            }
        }

        foreach (var field in spec.Order.Where(static field => !field.Path.IsRecordField))
        {
            Add(fields, field);
        }

        var range = conjuncts.All.OfType<FieldFilter>().FirstOrDefault(static filter =>
            !filter.Path.IsRecordField &&
            KeyIntervals.Of(filter) is { } bounds && !(bounds.IsPoints && bounds.Count == 1));
        if (range is not null && spec.Order.Count == 0)
        {
            Add(fields, new IndexField(range.Path, range.Kind));
        }

        return fields.Count == 0
            ? "No index can serve it: compare a field with a value, or order by one."
            : $"Declare an index over {string.Join(", ", fields.Select(static field => $"\"{field}\""))}.";
    }

    private static void Add(List<IndexField> fields, IndexField field)
    {
        if (fields.Count < IndexDefinition.FieldsMax && fields.All(other => !other.Path.Equals(field.Path)))
        {
            fields.Add(field);
        }
    }
}
