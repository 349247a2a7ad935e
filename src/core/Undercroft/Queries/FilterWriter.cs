using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Writes filters in their JSON form, each in one way only.</summary>
internal static class FilterWriter
{
    public const string Time = "$time";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Filter filter) => Text(json =>
    {
        json.WriteStartObject();
        WriteMembers(json, filter);
        json.WriteEndObject();
    });

    /// <summary>Writes a path as a name in the JSON form: what looks like a connective is escaped.</summary>
    public static string NameOf(FieldPath path) =>
        path.ToString() is var text && text is "and" or "or" or "not" ? "\\" + text : text;

    public static string NameOf(ConditionOperator @operator) => @operator switch
    {
        ConditionOperator.Equal => "eq",
        ConditionOperator.Less => "lt",
        ConditionOperator.LessOrEqual => "lte",
        ConditionOperator.Greater => "gt",
        ConditionOperator.GreaterOrEqual => "gte",
        ConditionOperator.In => "in",
        ConditionOperator.StartsWith => "startsWith",
        _ => "contains",
    };

    public static string Text(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static void WriteObject(Utf8JsonWriter json, Filter filter)
    {
        json.WriteStartObject();
        WriteMembers(json, filter);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, Filter filter)
    {
        switch (filter)
        {
            case AndFilter all when HasNamesOnce(all):
                foreach (var part in all.Filters)
                {
                    WriteMembers(json, part);
                }

                break;
            case AndFilter all:
                WriteList(json, "and", all.Filters);
                break;
            case OrFilter some:
                WriteList(json, "or", some.Filters);
                break;
            case NotFilter { Inner: FieldFilter { Conditions: [{ Operator: ConditionOperator.Equal } equal] } field }:
                json.WriteStartObject(NameOf(field.Path));
                json.WritePropertyName("ne");
                WriteValue(json, equal.Value);
                json.WriteEndObject();
                break;
            case NotFilter not:
                json.WritePropertyName("not");
                WriteObject(json, not.Inner);
                break;
            case ExistsFilter exists:
                json.WriteStartObject(NameOf(exists.Path));
                json.WriteBoolean("exists", true);
                json.WriteEndObject();
                break;
            case ElementFilter element:
                json.WriteStartObject(NameOf(element.Path));
                json.WritePropertyName("any");
                WriteObject(json, element.Element);
                json.WriteEndObject();
                break;
            case FieldFilter field:
                WriteField(json, field);
                break;
        }
    }

    private static void WriteField(Utf8JsonWriter json, FieldFilter filter)
    {
        json.WritePropertyName(NameOf(filter.Path));
        if (filter.Conditions is [{ Operator: ConditionOperator.Equal } equal])
        {
            WriteValue(json, equal.Value);
            return;
        }

        // Two conditions of one name need an object each.
        var isList = filter.Conditions.Select(static c => c.Operator).Distinct().Count() < filter.Conditions.Count;
        if (isList)
        {
            json.WriteStartObject();
            json.WriteStartArray("each");
        }
        else
        {
            json.WriteStartObject();
        }

        foreach (var condition in filter.Conditions)
        {
            if (isList)
            {
                json.WriteStartObject();
            }

            json.WritePropertyName(NameOf(condition.Operator));
            WriteOperand(json, condition);
            if (isList)
            {
                json.WriteEndObject();
            }
        }

        if (isList)
        {
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteOperand(Utf8JsonWriter json, Condition condition)
    {
        if (condition.Operator != ConditionOperator.In)
        {
            WriteValue(json, condition.Value);
            return;
        }

        json.WriteStartArray();
        foreach (var value in condition.Values)
        {
            WriteValue(json, value);
        }

        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, FieldValue value)
    {
        switch (value.Kind)
        {
            case FieldValueKind.Boolean:
                json.WriteBooleanValue(value.Boolean);
                break;
            case FieldValueKind.Number:
                json.WriteRawValue(value.Text);
                break;
            case FieldValueKind.Text:
                json.WriteStringValue(value.Text);
                break;
            case FieldValueKind.Time:
                json.WriteStartObject();
                json.WriteString(Time, TimeText.Write(value.Time));
                json.WriteEndObject();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<Filter> filters)
    {
        json.WriteStartArray(name);
        foreach (var filter in filters)
        {
            WriteObject(json, filter);
        }

        json.WriteEndArray();
    }

    // Whether each part of an 'and' can be a member of one object.
    private static bool HasNamesOnce(AndFilter all)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return all.Filters.All(filter => names.Add(filter switch
        {
            FieldFilter field => NameOf(field.Path),
            ExistsFilter exists => NameOf(exists.Path),
            ElementFilter element => NameOf(element.Path),
            NotFilter { Inner: FieldFilter { Conditions: [{ Operator: ConditionOperator.Equal }] } field } =>
                NameOf(field.Path),
            NotFilter => "not",
            OrFilter => "or",
            _ => "and",
        }));
    }
}
