namespace Undercroft.Copies;

/// <summary>One record in which two stores differ.</summary>
/// <param name="Key">The record.</param>
/// <param name="What">What tells the two apart: <c>only left</c>, <c>only right</c>, <c>value</c>, <c>created</c>,
/// <c>updated</c>, <c>expires</c>, <c>meta</c> or <c>entries</c>; the first of these that applies.</param>
public sealed record StoreDifference(RecordKey Key, string What)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Names.Show(Key.ToString())}: {What}";
}
