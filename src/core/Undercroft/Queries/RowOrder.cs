namespace Undercroft.Queries;

/// <summary>The order of rows: by source, then by position, then by id; the last two backwards in a walk backwards.
/// </summary>
internal static class RowOrder
{
    public static int Compare(Row left, Row right, bool isReverse) =>
        Compare(left, right.Source, right.Position.Span, right.Record.Key.Id, isReverse);

    public static int Compare(Row left, RowPlace right, bool isReverse) =>
        Compare(left, right.Source, right.Position.Span, right.Id, isReverse);

    private static int Compare(Row left, int source, ReadOnlySpan<byte> position, string id, bool isReverse)
    {
        if (left.Source != source)
        {
            return left.Source.CompareTo(source);
        }

        var order = left.Position.Span.SequenceCompareTo(position);
        order = order != 0 ? order : Utf8Order.Compare(left.Record.Key.Id, id);
        return isReverse ? -order : order;
    }
}
