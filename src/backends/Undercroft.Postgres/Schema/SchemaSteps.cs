namespace Undercroft.Postgres.Schema;

/// <summary>The steps from nothing to the schema this code uses.</summary>
/// <remarks>A step that was shipped never changes. What old clients use (functions by name, columns) stays until no
/// version that uses it is left: that is what <see cref="Migration.WorksWith"/> says.</remarks>
internal static class SchemaSteps
{
    /// <summary>All steps, oldest first.</summary>
    public static IReadOnlyList<Migration> All =>
    [
        new(1, 1, Tables.Create + "\n" + CommitFunctionV1.Create + "\n" + UpkeepFunctions.Create),
        new(2, 1, CommitFunction.Create),

        // Older code would keep jobs as records, where nobody looks for them any more: it is refused.
        new(
            3, 3,
            JobTables.Create + "\n" + JobFunctions.Create + "\n" + JobApplyFunction.Create + "\n" +
            JobHistoryFunction.Create),
        new(4, 3, JobLoadFunction.Create),
        new(5, 3, LatestFunction.Create),
        new(6, 3, SegmentFunctions.Create),
        new(7, 3, ViewFunctions.Create),
    ];
}
