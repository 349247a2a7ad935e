namespace Undercroft.Redis.Reading;

/// <summary>How much of a record a function brings.</summary>
internal static class Details
{
    /// <summary>The number the functions know a detail by: 0 whole, 1 without its value, 2 its head.</summary>
    public static long Number(RecordDetail detail) => detail switch
    {
        RecordDetail.Meta => 1,
        RecordDetail.Keys => 2,
        _ => 0,
    };
}
