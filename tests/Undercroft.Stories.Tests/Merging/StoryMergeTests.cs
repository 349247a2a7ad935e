namespace Undercroft.Stories.Tests;

public sealed class StoryMergeTests
{
    private static readonly Story Base = Make.Story(
        Make.Passage("Start", "one\ntwo\nthree\n"), Make.Passage("Attic", "dust\n"), Make.Passage("End", "bye\n"));

    [Fact]
    public void Edits_of_different_passages_and_fields_go_together()
    {
        var local = Change(Base, "Start", passage => passage with { Name = "Hall" }) with { Name = "The Hall" };
        var remote = Change(Base, "Start", passage => passage with { Tags = ["dark"] });
        remote = Change(remote, "End", passage => passage with { Body = "farewell\n" }) with { Zoom = "0.5" };

        var merged = StoryMerge.Merge(Base, local, remote);

        var expected = Change(
            Change(Base, "Start", passage => passage with { Name = "Hall", Tags = ["dark"] }),
            "End",
            passage => passage with { Body = "farewell\n" }) with { Name = "The Hall", Zoom = "0.5" };
        Assert.True(merged.IsClean);
        AssertSame(expected, merged.Story, "");
    }

    [Theory]
    [InlineData("ONE\ntwo\nthree\n", "one\ntwo\nTHREE\n", "ONE\ntwo\nTHREE\n")]
    [InlineData("ONE\ntwo\nthree\n", "one\nTWO\nthree\n", "ONE\nTWO\nthree\n")]
    [InlineData("zero\none\ntwo\nthree\n", "ONE\ntwo\nthree\n", "zero\nONE\ntwo\nthree\n")]
    [InlineData("one\ntwo\nthree\nfour\n", "zero\none\ntwo\nthree\n", "zero\none\ntwo\nthree\nfour\n")]
    [InlineData("two\nthree\n", "one\ntwo\n", "two\n")]
    [InlineData("one\nand\ntwo\nthree\n", "one\nand\ntwo\n", "one\nand\ntwo\n")]
    [InlineData("same\ntwo\nX\n", "same\ntwo\nthree\n", "same\ntwo\nX\n")]
    public void Texts_are_merged_line_by_line(string local, string remote, string expected)
    {
        var merged = TextMerge.Merge("one\ntwo\nthree\n", local, remote);
        var swapped = TextMerge.Merge("one\ntwo\nthree\n", remote, local);

        Assert.Equal((expected, true), merged);
        Assert.Equal((expected, true), swapped);
    }

    [Theory]
    [InlineData("one\nTWO\nthree\n", "one\nzwei\nthree\n", "one\nTWO\nthree\n")]
    [InlineData("one\nmine\ntwo\nthree\n", "one\ntheirs\ntwo\nthree\n", "one\nmine\ntwo\nthree\n")]
    [InlineData("one\nthree\n", "one\nTWO\nthree\nfour\n", "one\nthree\nfour\n")]
    [InlineData("one\ntwo\nthree", "one\ntwo\nthree\nfour\n", "one\ntwo\nthree")]
    public void Lines_that_both_changed_contradict_and_the_local_ones_stay(
        string local, string remote, string expected) =>
        Assert.Equal((expected, false), TextMerge.Merge("one\ntwo\nthree\n", local, remote));

    [Fact]
    public void A_contradiction_names_passage_field_and_the_three_values_and_keeps_what_does_not_contradict()
    {
        var local = Change(Base, "Start", passage => passage with { Body = "ONE\ntwo\nmine\n" });
        var remote = Change(Base, "Start", passage => passage with { Body = "one\ntwo\ntheirs\nfour\n" });

        var merged = StoryMerge.Merge(Base, local, remote);

        Assert.Equal(
            [
                new StoryConflict(
                    StoryConflictKind.BothChanged, "id-Start", "Start", "body", "one\ntwo\nthree\n",
                    "ONE\ntwo\nmine\n", "one\ntwo\ntheirs\nfour\n"),
            ],
            merged.Conflicts);
        Assert.Equal("ONE\ntwo\nmine\n", merged.Story.Passages[0].Body);
    }

    [Fact]
    public void What_one_side_deleted_and_the_other_edited_is_kept_and_reported()
    {
        var edited = Change(Base, "Attic", passage => passage with { Body = "light\n" });
        var deleted = Base with { Passages = [Base.Passages[0], Base.Passages[2]] };

        var here = StoryMerge.Merge(Base, deleted, edited);
        var there = StoryMerge.Merge(Base, edited, deleted);

        AssertSame(edited, here.Story, "");
        AssertSame(edited, there.Story, "");
        var conflict = Assert.Single(here.Conflicts);
        Assert.Equal(
            (StoryConflictKind.LocalDeleted, "id-Attic", "Attic", "passage", null),
            (conflict.Kind, conflict.PassageId, conflict.PassageName, conflict.Field, conflict.Local));
        Assert.Contains("dust", conflict.Base, StringComparison.Ordinal);
        Assert.Contains("light", conflict.Remote, StringComparison.Ordinal);
        Assert.Equal(StoryConflictKind.RemoteDeleted, Assert.Single(there.Conflicts).Kind);
    }

    [Fact]
    public void A_passage_that_was_made_the_start_is_not_deleted()
    {
        var chosen = Base with { StartId = "id-Attic" };
        var deleted = Base with { Passages = [Base.Passages[0], Base.Passages[2]] };

        var merged = StoryMerge.Merge(Base, deleted, chosen);

        Assert.Equal("id-Attic", merged.Story.FindStart()!.Id);
        Assert.Equal(StoryConflictKind.LocalDeleted, Assert.Single(merged.Conflicts).Kind);
    }

    [Fact]
    public void Both_may_delete_one_passage_and_one_may_delete_what_the_other_left_alone()
    {
        var one = Base with { Passages = [Base.Passages[0]] };
        var two = Base with { Passages = [Base.Passages[0], Base.Passages[2]] };

        var merged = StoryMerge.Merge(Base, one, two);

        Assert.True(merged.IsClean);
        AssertSame(one, merged.Story, "");
    }

    [Fact]
    public void New_passages_stand_behind_what_they_stood_behind_whoever_merges()
    {
        var local = Base with { Passages = [Base.Passages[0], Named("b"), Named("c"), .. Base.Passages.Skip(1)] };
        var remote = Base with { Passages = [Named("d"), Base.Passages[0], Named("a"), Base.Passages[2]] };

        string[] Ids(Story left, Story right) =>
            [.. StoryMerge.Merge(Base, left, right).Story.Passages.Select(passage => passage.Id)];

        Assert.Equal(["d", "id-Start", "a", "b", "c", "id-End"], Ids(local, remote));
        Assert.Equal(["d", "id-Start", "a", "b", "c", "id-End"], Ids(remote, local));
    }

    [Fact]
    public void A_move_meets_an_addition_and_two_different_moves_contradict()
    {
        var moved = Base with { Passages = [Base.Passages[2], Base.Passages[0], Base.Passages[1]] };
        var added = Base with { Passages = [.. Base.Passages, Named("new")] };
        var other = Base with { Passages = [Base.Passages[1], Base.Passages[0], Base.Passages[2]] };

        var clean = StoryMerge.Merge(Base, added, moved);
        var conflict = StoryMerge.Merge(Base, moved, other);

        Assert.True(clean.IsClean);
        Assert.Equal(
            ["id-End", "new", "id-Start", "id-Attic"], clean.Story.Passages.Select(passage => passage.Id));
        Assert.Equal(
            ("passages", """["id-Attic","id-Start","id-End"]"""),
            (Assert.Single(conflict.Conflicts).Field, conflict.Conflicts[0].Remote));
        AssertSame(moved, conflict.Story, "");
    }

    [Fact]
    public void Metadata_is_merged_by_name()
    {
        var original = Base with { Fields = [new("a", "1"), new("b", "2"), new("c", "3")] };
        var local = original with { Fields = [new("a", "mine"), new("c", "3"), new("d", "4")] };
        var remote = original with { Fields = [new("a", "theirs"), new("b", "2"), new("c", "x", IsJson: true)] };

        var merged = StoryMerge.Merge(original, local, remote);

        Assert.Equal(
            [new("a", "mine"), new("c", "x", IsJson: true), new("d", "4")], merged.Story.Fields);
        Assert.Equal(
            new StoryConflict(StoryConflictKind.BothChanged, null, null, "fields/a", "1", "mine", "theirs"),
            Assert.Single(merged.Conflicts));
    }

    [Fact]
    public void Without_a_common_beginning_what_differs_was_added_by_both()
    {
        var remote = Change(Base, "End", passage => passage with { Body = "au revoir\n" });

        var same = StoryMerge.Merge(null, Base, Base);
        var merged = StoryMerge.Merge(null, Base, remote with { Passages = [.. remote.Passages, Named("new")] });

        AssertSame(Base, same.Story, "");
        Assert.True(same.IsClean);
        Assert.Equal(4, merged.Story.Passages.Count);
        Assert.Equal(
            new StoryConflict(
                StoryConflictKind.BothAdded, "id-End", "End", "body", null, "bye\n", "au revoir\n"),
            Assert.Single(merged.Conflicts));
    }

    [Fact]
    public void Other_stories_and_repeated_ids_are_refused()
    {
        var twice = Base with { Passages = [Base.Passages[0], Base.Passages[0]] };

        var other = Assert.Throws<ArgumentException>(() => StoryMerge.Merge(Base, Base with { Id = "x" }, Base));
        var repeated = Assert.Throws<ArgumentException>(() => StoryMerge.Merge(Base, Base, twice));

        Assert.StartsWith("Cannot merge: 'x', 'story' and 'story' are different stories.", other.Message,
            StringComparison.Ordinal);
        Assert.Equal("remote", repeated.ParamName);
    }

    [Fact]
    public void Merging_keeps_its_laws_whatever_was_edited()
    {
        var conflicts = 0;
        var seed = new Random(Seeds.Current);
        var generator = new StoryGenerator(seed);
        var edits = new StoryEdits(seed, generator);
        for (var round = 0; round < 1500; round++)
        {
            var why = Seeds.Replay(round);
            var original = generator.Story();
            var local = edits.Edit(original, "local");
            var remote = edits.Edit(original, "remote");

            AssertSame(local, Clean(original, local, original, why), why);
            AssertSame(remote, Clean(original, original, remote, why), why);
            AssertSame(local, Clean(original, local, local, why), why);
            AssertSame(local, Clean(null, local, local, why), why);
            var here = StoryMerge.Merge(original, local, remote);
            var there = StoryMerge.Merge(original, remote, local);
            Assert.True(here.Conflicts.Select(Swap).ToHashSet().SetEquals(there.Conflicts.Select(Plain)), why);
            if (here.IsClean)
            {
                AssertSame(here.Story, there.Story, why);
            }

            AssertNothingLost(original, local, here.Story, why);
            AssertNothingLost(original, remote, here.Story, why);
            AssertNothingInvented(original, local, remote, here.Story, why);
            conflicts += here.IsClean ? 0 : 1;
        }

        Assert.InRange(conflicts, 100, 1400);
    }

    [Fact]
    public void A_hundred_thousand_passages_and_a_text_of_megabytes_are_merged()
    {
        var big = Make.Story([.. Enumerable.Range(0, 100_000).Select(i => Make.Passage($"{i}", "x"))]);
        var local = big with { Passages = [.. big.Passages.Skip(1)] };
        var remote = big with { Passages = [.. big.Passages, Named("new")] };
        var text = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"line {i}\n"));

        var merged = StoryMerge.Merge(big, local, remote);
        var (lines, isClean) = TextMerge.Merge(text, "first\n" + text, text + "last\n");
        var rewritten = text.Replace('1', 'I');
        var (other, isOtherClean) = TextMerge.Merge(
            text, rewritten, text.Replace("line 7\n", "", StringComparison.Ordinal));

        Assert.Equal((100_000, true), (merged.Story.Passages.Count, merged.IsClean));
        Assert.Equal(("first\n" + text + "last\n", true), (lines, isClean));


        // More lines differ than are told apart: then the whole middle is one change.
        Assert.Equal((rewritten, false), (other, isOtherClean));
    }

    private static Passage Named(string id) => Make.Passage(id) with { Id = id };

    private static Story Change(Story story, string name, Func<Passage, Passage> change) => story with
    {
        Passages = [.. story.Passages.Select(old => old.Id == "id-" + name ? change(old) : old)],
    };

    private static Story Clean(Story? original, Story local, Story remote, string why)
    {
        var merged = StoryMerge.Merge(original, local, remote);
        Assert.True(merged.IsClean, why);
        return merged.Story;
    }

    // Both names of a passage that was renamed twice are right.
    private static StoryConflict Plain(StoryConflict conflict) => conflict with { PassageName = null };

    private static StoryConflict Swap(StoryConflict conflict) => Plain(conflict) with
    {
        Local = conflict.Remote,
        Remote = conflict.Local,
        Kind = conflict.Kind switch
        {
            StoryConflictKind.LocalDeleted => StoryConflictKind.RemoteDeleted,
            StoryConflictKind.RemoteDeleted => StoryConflictKind.LocalDeleted,
            _ => conflict.Kind,
        },
    };

    private static void AssertSame(Story expected, Story actual, string why) =>
        Assert.True(StoryJson.Write(expected).AsSpan().SequenceEqual(StoryJson.Write(actual)), why);

    private static void AssertNothingLost(Story original, Story side, Story merged, string why)
    {
        var ids = merged.Passages.ToDictionary(passage => passage.Id);
        var old = original.Passages.ToDictionary(passage => passage.Id);
        Assert.True(side.Tags.Except(original.Tags).All(merged.Tags.Contains), why);
        var fields = merged.Fields.Select(field => field.Name).ToHashSet();
        Assert.True(side.Fields.Except(original.Fields).All(field => fields.Contains(field.Name)), why);
        foreach (var passage in side.Passages)
        {
            var known = old.GetValueOrDefault(passage.Id);
            if (known is null || known.Body != passage.Body)
            {
                Assert.True(ids.ContainsKey(passage.Id), why);
                Assert.True(passage.Tags.Except(known?.Tags ?? []).All(ids[passage.Id].Tags.Contains), why);
            }
        }
    }

    private static void AssertNothingInvented(Story original, Story local, Story remote, Story merged, string why)
    {
        var known = original.Passages.Concat(local.Passages).Concat(remote.Passages).ToLookup(passage => passage.Id);
        Assert.True(merged.Passages.DistinctBy(passage => passage.Id).Count() == merged.Passages.Count, why);
        foreach (var passage in merged.Passages)
        {
            var lines = known[passage.Id].SelectMany(one => LineDiff.Lines(one.Body)).ToHashSet();
            Assert.True(LineDiff.Lines(passage.Body).All(lines.Contains), why);
        }
    }
}
