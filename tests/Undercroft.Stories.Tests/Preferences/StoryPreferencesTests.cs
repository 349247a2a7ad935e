using System.Text.Json.Serialization;

namespace Undercroft.Stories.Tests;

internal sealed record FontPreference(string Name, int Size);

[JsonSerializable(typeof(FontPreference))]
[JsonSerializable(typeof(string))]
internal sealed partial class PreferenceJson : JsonSerializerContext;

public abstract class StoryPreferencesTests : BackendTests
{
    private static readonly StoryPreferenceScope Ann = StoryPreferenceScope.User("ann");

    [Fact]
    public async Task A_preference_is_set_read_changed_and_deleted_and_keeps_when_it_was_made()
    {
        var preferences = new StoryPreferences(Storage);

        var first = await preferences.SetAsync(
            Ann, "font", new FontPreference("Garamond", 12), PreferenceJson.Default.FontPreference, null, Token);
        var second = await preferences.SetAsync(
            Ann, "font", new FontPreference("Garamond", 14), PreferenceJson.Default.FontPreference, null, Token);
        var found = await preferences.GetAsync(Ann, "font", PreferenceJson.Default.FontPreference, Token);

        Assert.Equal(second, found);
        Assert.Equal(new FontPreference("Garamond", 14), found!.Value);
        Assert.Equal(first.CreatedAt, second.CreatedAt);
        Assert.True(second.Revision.Value > first.Revision.Value);
        Assert.True(await preferences.DeleteAsync(Ann, "font", Token));
        Assert.False(await preferences.DeleteAsync(Ann, "font", Token));
        Assert.Null(await preferences.GetJsonAsync(Ann, "font", Token));
    }

    [Fact]
    public async Task The_project_comes_before_the_person_and_the_person_before_everybody()
    {
        var preferences = new StoryPreferences(Storage);
        async Task<(string?, StoryPreferenceLevel?)> ResolveAsync(string? user, string? project)
        {
            var found = await preferences.ResolveAsync("theme", PreferenceJson.Default.String, user, project, Token);
            return (found?.Value, found?.Scope.Level);
        }

        Assert.Equal((null, null), await ResolveAsync("ann", "lamp"));
        foreach (var (scope, theme) in new[]
        {
            (StoryPreferenceScope.Global, "light"), (Ann, "dark"), (StoryPreferenceScope.Project("lamp"), "sepia"),
        })
        {
            _ = await preferences.SetAsync(scope, "theme", theme, PreferenceJson.Default.String, null, Token);
        }

        Assert.Equal(("sepia", StoryPreferenceLevel.Project), await ResolveAsync("ann", "lamp"));
        Assert.Equal(("dark", StoryPreferenceLevel.User), await ResolveAsync("ann", "tide"));
        Assert.Equal(("light", StoryPreferenceLevel.Global), await ResolveAsync("bob", null));
    }

    [Fact]
    public async Task Hostile_keys_and_owners_stay_apart_and_are_listed_by_their_beginning()
    {
        var preferences = new StoryPreferences(Storage);
        string[] texts = ["a", "a/b", "a%2Fb", "../a", "a'; DROP TABLE x;--", "日本語", "\u202Ea", "A", "a\n", "/"];
        StoryPreferenceScope[] scopes =
        [
            StoryPreferenceScope.Global,
            .. texts.Select(StoryPreferenceScope.User),
            .. texts.Select(StoryPreferenceScope.Project),
        ];
        foreach (var scope in scopes)
        {
            foreach (var key in texts)
            {
                _ = await preferences.SetAsync(
                    scope, key, scope + key, PreferenceJson.Default.String, Revision.None, Token);
            }
        }

        foreach (var scope in scopes)
        {
            var all = await preferences.ListAsync(scope, "", Token).ToListAsync(Token);
            var some = await preferences.ListAsync(scope, "a/", Token).ToListAsync(Token);

            Assert.Equal(
                texts.Order(Comparer<string>.Create(static (x, y) => Utf8Order.Compare(x, y))),
                all.Select(one => one.Key));
            Assert.Equal(["a/b"], some.Select(one => one.Key));
            foreach (var one in all)
            {
                var typed = await preferences.GetAsync(scope, one.Key, PreferenceJson.Default.String, Token);
                Assert.Equal(scope + one.Key, typed!.Value);
            }
        }
    }

    [Fact]
    public async Task Raw_json_is_kept_byte_for_byte_and_what_does_not_fit_is_refused()
    {
        var preferences = new StoryPreferences(Storage);
        var json = RawJson.FromText("""{ "zoom" : 1.50 }""");

        var set = await preferences.SetJsonAsync(Ann, "view", json, null, Token);
        var found = await preferences.GetJsonAsync(Ann, "view", Token);
        var typed = await Assert.ThrowsAsync<StoreException>(
            async () => await preferences.GetAsync(Ann, "view", PreferenceJson.Default.String, Token));
        var stale = await Assert.ThrowsAsync<RevisionConflictException>(
            async () => await preferences.SetJsonAsync(Ann, "view", json, Revision.None, Token));
        _ = await Assert.ThrowsAsync<StoreException>(
            async () => await preferences.SetJsonAsync(Ann, "view", RawJson.FromText("{"), null, Token));
        _ = await Assert.ThrowsAsync<ArgumentException>(
            async () => await preferences.SetJsonAsync(Ann, "", json, null, Token));

        Assert.Equal("""{ "zoom" : 1.50 }""", found!.Value.ToString());
        Assert.StartsWith("The preference 'view' (User 'ann') is no String: ", typed.Message, StringComparison.Ordinal);
        Assert.Equal(set.Revision, stale.Found);
        _ = await preferences.SetJsonAsync(Ann, "view", json, set.Revision, Token);
    }

    public sealed class OnMemory : StoryPreferencesTests
    {
        protected override string Address => "memory:";
    }

    public sealed class OnSqlite : StoryPreferencesTests
    {
        protected override string Address => "sqlite:{0}/stories.db";
    }

    public sealed class OnFiles : StoryPreferencesTests
    {
        protected override string Address => "file:{0}/stories";
    }
}
