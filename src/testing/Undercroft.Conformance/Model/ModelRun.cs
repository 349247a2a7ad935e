using Undercroft.Testing;

namespace Undercroft.Conformance.Model;

/// <summary>A store and its model on the way through the same steps.</summary>
/// <param name="store">Gives the store as it is open now.</param>
/// <param name="restart">Closes the store and opens it again; null where it keeps nothing.</param>
/// <param name="clock">The clock of both.</param>
/// <param name="cancel">Ends the run.</param>
internal sealed class ModelRun(Func<IStore> store, Func<Task>? restart, ManualClock clock, CancellationToken cancel)
{
    /// <summary>The client whose commits are repeated.</summary>
    public static Guid Client { get; } = new("5ca1ab1e-0000-4000-8000-000000000001");

    public IStore Store => store();

    public ModelStore Model { get; } = new();

    public ManualClock Clock => clock;

    public CancellationToken Cancel => cancel;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Two followers of the feed: where they are, and where the model says they are.</summary>
    public ModelFollower[] Followers { get; } = [new(), new()];

    /// <summary>The commits that wrote something under an identity.</summary>
    public List<(Commit Commit, CommitResult Result)> Repeatable { get; } = [];

    public long NextNumber { get; set; }

    /// <summary>Closes and opens the store again, where that means something.</summary>
    public Task RestartAsync() => restart is null ? Task.CompletedTask : restart();

    /// <summary>Holds a record the store gave to the one the model has.</summary>
    public static void AssertSame(StoreRecord? expected, StoreRecord? actual, RecordDetail detail)
    {
        if (expected is null || actual is null)
        {
            Assert.True(expected is null == actual is null, $"Expected {Show(expected)}, found {Show(actual)}.");
            return;
        }

        Assert.Equal(
            (expected.Key, expected.Revision, expected.IsDeleted), (actual.Key, actual.Revision, actual.IsDeleted));
        if (detail == RecordDetail.Keys)
        {
            return;
        }

        Assert.Equal(
            (expected.CreatedAt, expected.UpdatedAt, expected.ExpiresAt),
            (actual.CreatedAt, actual.UpdatedAt, actual.ExpiresAt));
        Assert.Equal((expected.Origin, expected.Meta), (actual.Origin, actual.Meta));
        Assert.Equal(
            detail == RecordDetail.Meta ? "" : Convert.ToHexString(expected.Value.Span),
            Convert.ToHexString(actual.Value.Span));
        if (detail == RecordDetail.Complete)
        {
            Assert.Equal(
                expected.Entries.Select(Show).Distinct().Order(StringComparer.Ordinal),
                actual.Entries.Select(Show).Order(StringComparer.Ordinal));
        }
    }

    private static string Show(StoreRecord? record) =>
        record is null ? "nothing" : $"{record.Key} at {record.Revision}{(record.IsDeleted ? " (deleted)" : "")}";

    private static string Show(IndexEntry entry) =>
        $"{entry.Index}{(entry.IsUnique ? "!" : "")}={Convert.ToHexString(entry.Key.Span)}";
}
