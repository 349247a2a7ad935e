using System.Linq.Expressions;

namespace Undercroft.Queries;

/// <summary>The conversions that C# writes around members: those that keep every value change nothing of what is
/// compared, the others are refused.</summary>
internal static class Conversions
{
    /// <summary>Takes away all conversions.</summary>
    public static Expression Strip(Expression expression)
    {
        while (expression is UnaryExpression
            { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked or ExpressionType.TypeAs } convert)
        {
            expression = convert.Operand;
        }

        return expression;
    }

    /// <summary>Refuses what does not keep every value, around a member of the document.</summary>
    /// <exception cref="NotSupportedException">One is such: its message names it.</exception>
    public static void Check(Expression expression)
    {
        while (expression is UnaryExpression
            { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked or ExpressionType.TypeAs } convert)
        {
            if (!KeepsValues(convert.Operand.Type, convert.Type))
            {
                throw FilterTranslator.Unsupported(
                    convert,
                    $"members as they are stored, and {convert.Operand.Type.Name} to {convert.Type.Name} is a " +
                    "conversion that may change the value. Convert the value it is compared with, or compare with " +
                    "a range");
            }

            expression = convert.Operand;
        }
    }

    private static bool KeepsValues(Type from, Type to)
    {
        from = Nullable.GetUnderlyingType(from) ?? from;
        to = Nullable.GetUnderlyingType(to) ?? to;
        return to.IsAssignableFrom(from) || Casts.IsWidening(NumberOf(from), NumberOf(to));
    }

    private static Type NumberOf(Type type) => type.IsEnum ? type.GetEnumUnderlyingType() : type;
}
