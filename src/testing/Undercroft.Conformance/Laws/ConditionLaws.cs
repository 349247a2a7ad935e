using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>Each condition holds where it says it does, and nowhere else.</summary>
public abstract class ConditionLaws : CommitLaws
{
    [Fact]
    public virtual async Task Conditions_on_what_was_never_written()
    {
        var other = await WriteAsync(Put("other"));

        await HoldAsync(
            "never", Revision.None,
            WriteCondition.Any, WriteCondition.Absent, WriteCondition.At(Revision.None),
            WriteCondition.MetaIs("tag", null));
        await FailAsync(
            "never", Revision.None,
            WriteCondition.Present, WriteCondition.At(other), WriteCondition.MetaIs("tag", ""),
            WriteCondition.MetaIs("tag", "dark"));
    }

    [Fact]
    public virtual async Task Conditions_on_a_live_record()
    {
        var old = await WriteAsync(Put("cave"));
        var revision = await WriteAsync(
            new PutOperation(Key("cave"), default) { Meta = Meta(("tag", "dark"), ("e", "")) });

        await HoldAsync(
            "cave", revision,
            WriteCondition.Any, WriteCondition.Present, WriteCondition.At(revision),
            WriteCondition.MetaIs("tag", "dark"),
            WriteCondition.MetaIs("e", ""), WriteCondition.MetaIs("none", null));
        await FailAsync(
            "cave", revision,
            WriteCondition.Absent, WriteCondition.At(old), WriteCondition.At(Revision.None),
            WriteCondition.At(new Revision(revision.Value + 1)), WriteCondition.MetaIs("tag", "Dark"),
            WriteCondition.MetaIs("tag", null), WriteCondition.MetaIs("Tag", "dark"),
            WriteCondition.MetaIs("none", ""));
    }

    [Fact]
    public virtual async Task Conditions_on_a_tombstone_see_its_meta_and_nothing_else()
    {
        var live = await WriteAsync(new PutOperation(Key("cave"), default) { Meta = Meta(("tag", "dark")) });
        var deleted = await WriteAsync(new DeleteOperation(Key("cave")) { Meta = Meta(("v", "7")) });

        await HoldAsync(
            "cave", Revision.None,
            WriteCondition.Any, WriteCondition.Absent, WriteCondition.At(Revision.None),
            WriteCondition.MetaIs("v", "7"),
            WriteCondition.MetaIs("tag", null));
        await FailAsync(
            "cave", Revision.None,
            WriteCondition.Present, WriteCondition.At(live), WriteCondition.At(deleted),
            WriteCondition.MetaIs("v", null),
            WriteCondition.MetaIs("tag", "dark"));
    }

    [Fact]
    public virtual async Task Conditions_on_an_expired_record_find_it_absent_swept_or_not()
    {
        var end = Clock.GetUtcNow().AddTicks(1);
        var revision = await WriteAsync(
            new PutOperation(Key("cave"), default) { ExpiresAt = end, Meta = Meta(("tag", "dark")) });
        Clock.Advance(TimeSpan.FromTicks(1));

        for (var sweeps = 0; sweeps < 2; sweeps++)
        {
            await HoldAsync(
                "cave", Revision.None,
                WriteCondition.Any, WriteCondition.Absent, WriteCondition.At(Revision.None),
                WriteCondition.MetaIs("tag", null));
            await FailAsync(
                "cave", Revision.None,
                WriteCondition.Present, WriteCondition.At(revision), WriteCondition.MetaIs("tag", "dark"));
            _ = await MaintainAsync(MaintenanceKind.Expire);
        }
    }

    [Fact]
    public virtual async Task Conditions_stop_every_kind_of_write()
    {
        var revision = await WriteAsync(Put("cave", "old"), Add("count", 1));
        var wrong = WriteCondition.At(new Revision(revision.Value + 1));

        StoreOperation[] attempts =
        [
            Put("cave", "new", wrong), Delete("cave", wrong), new AddOperation(Key("count"), 1, wrong),
            Delete("none", WriteCondition.Present), new AddOperation(Key("none"), 1, WriteCondition.Present),
        ];
        foreach (var attempt in attempts)
        {
            Assert.False((await CommitAsync(attempt)).IsCommitted);
        }

        Assert.Equal(("old", 1L), (Text(await ReadAsync("cave")), Number(await ReadAsync("count"))));
        Assert.True((await CommitAsync(Put("cave", "new", WriteCondition.At(revision)))).IsCommitted);
        Assert.True((await CommitAsync(new AddOperation(Key("count"), 1, WriteCondition.At(revision)))).IsCommitted);
        Assert.True((await CommitAsync(Delete("cave", WriteCondition.Present))).IsCommitted);
    }

    private async Task HoldAsync(string id, Revision found, params WriteCondition[] conditions)
    {
        foreach (var condition in conditions)
        {
            var result = await CommitAsync(Check(id, condition));
            Assert.True(result.IsCommitted, $"'{id}' at {found}: the condition '{condition}' must hold.");
        }
    }

    private async Task FailAsync(string id, Revision found, params WriteCondition[] conditions)
    {
        foreach (var condition in conditions)
        {
            var result = await CommitAsync(Check(id, condition));
            Assert.False(result.IsCommitted, $"'{id}' at {found}: the condition '{condition}' must not hold.");
            Assert.Equal(
                new CommitConflict(0, Key(id), ConflictKind.Condition, found), Assert.Single(result.Conflicts));
        }
    }
}
