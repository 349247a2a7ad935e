namespace Undercroft.Stories.Tests;

/// <summary>The cache alone: bounds, order of use, and reads that arrive late.</summary>
public sealed class StoryCacheTests
{
    [Fact]
    public void The_story_used_longest_ago_goes_first()
    {
        var cache = Open(new StoryCache(entriesMax: 3, bytesMax: 1000));
        Put(cache, "a", "b", "c");

        // In the original a story just read was evicted before one put in later.
        Assert.NotNull(cache.Find("a"));
        Put(cache, "d");

        Assert.Equal(["a", "c", "d"], new[] { "a", "b", "c", "d" }.Where(id => cache.Find(id) is not null));
    }

    [Fact]
    public void Bytes_are_a_bound_too_and_what_is_larger_is_never_kept()
    {
        var cache = Open(new StoryCache(entriesMax: 100, bytesMax: 1000));

        Put(cache, 400, "a", "b", "c");
        Put(cache, 1001, "large");
        Assert.Equal((2, 800L), cache.Size);
        Assert.Null(cache.Find("a"));
        Put(cache, 1000, "all");

        Assert.Equal((1, 1000L), cache.Size);
        Assert.NotNull(cache.Find("all"));
    }

    [Fact]
    public void A_read_that_began_before_an_invalidation_does_not_bring_the_old_story_back()
    {
        var cache = Open(new StoryCache(10, 1000));
        var early = cache.Begin("a");
        cache.Invalidate("a", new Revision(2));
        var late = cache.Begin("a");

        cache.End(early, Stored("a", 1), 1);
        Assert.Null(cache.Find("a"));
        cache.End(late, Stored("a", 2), 1);

        Assert.Equal(2, cache.Find("a")!.Revision.Value);
    }

    [Fact]
    public void An_older_story_replaces_no_newer_one_and_clearing_marks_what_is_on_its_way()
    {
        var cache = Open(new StoryCache(10, 1000));
        cache.End(cache.Begin("a"), Stored("a", 5), 1);
        cache.End(cache.Begin("a"), Stored("a", 4), 1);
        cache.Invalidate("a", new Revision(5));
        Assert.Equal(5, cache.Find("a")!.Revision.Value);

        var fill = cache.Begin("b");
        cache.Clear(opens: true);
        cache.End(fill, Stored("b", 9), 1);

        Assert.Equal((0, 0L), cache.Size);
        cache.Clear(opens: false);
        Put(cache, "c");
        Assert.Equal((0, 0L), cache.Size);
    }

    [Fact]
    public void At_random_it_holds_what_a_slow_model_holds()
    {
        var random = new Random(Seeds.Current);
        var cache = Open(new StoryCache(entriesMax: 8, bytesMax: 500));
        var model = new List<(string Id, int Size)>();
        for (var step = 0; step < 20_000; step++)
        {
            var id = $"{random.Next(20)}";
            if (random.Next(2) == 0)
            {
                var at = model.FindIndex(entry => entry.Id == id);
                Assert.True(at >= 0 == cache.Find(id) is not null, Seeds.Replay(step));
                if (at >= 0)
                {
                    var used = model[at];
                    model.RemoveAt(at);
                    model.Add(used);
                }

                continue;
            }

            var size = random.Next(1, 150);
            Put(cache, size, id);
            _ = model.RemoveAll(entry => entry.Id == id);
            model.Add((id, size));
            while (model.Count > 8 || model.Sum(entry => entry.Size) > 500)
            {
                model.RemoveAt(0);
            }

            Assert.True(cache.Size == (model.Count, model.Sum(entry => entry.Size)), Seeds.Replay(step));
        }
    }

    private static StoryCache Open(StoryCache cache)
    {
        cache.Clear(opens: true);
        return cache;
    }

    private static void Put(StoryCache cache, params string[] ids) => Put(cache, 1, ids);

    private static void Put(StoryCache cache, long size, params string[] ids)
    {
        foreach (var id in ids)
        {
            cache.End(cache.Begin(id), Stored(id, 1), size);
        }
    }

    private static StoredStory Stored(string id, long revision) =>
        new(Make.Story() with { Id = id }, new Revision(revision), [], default, default);
}
