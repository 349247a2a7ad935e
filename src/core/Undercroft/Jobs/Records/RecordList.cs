namespace Undercroft.Jobs.Records;

/// <summary>The head of a list as it was read.</summary>
/// <param name="Keys">The records, in order.</param>
/// <param name="IsWhole">Whether that was all of it.</param>
internal sealed record RecordList(IReadOnlyList<RecordKey> Keys, bool IsWhole)
{
    public static RecordList Empty { get; } = new([], IsWhole: false);
}
