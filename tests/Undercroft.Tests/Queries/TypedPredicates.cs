using System.Linq.Expressions;

namespace Undercroft.Tests.Queries;

/// <summary>Predicates with the JSON form they are to have, and articles to try them on.</summary>
internal static class TypedPredicates
{
    private static readonly DateTimeOffset Day = new(2024, 5, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly string[] Names = ["Ann", "Bob"];

    public static Dictionary<string, (Expression<Func<Article, bool>> Predicate, string Json)> All { get; } = Make();

    public static List<Article> Articles() => [.. Enumerable.Range(0, 40).Select(static i => new Article
    {
        Title = $"t{i:00}",
        Words = i * 25,
        Author = (i % 4) switch
        {
            0 => new Person("Ann", 30 + i),
            1 => new Person("Bob"),
            2 => new Person("", 12),
            _ => new Person("Cid", i),
        },
        Mood = (Mood)(i % 3),
        Tone = (Mood)((i + 1) % 3),
        Genre = (Genre)(i % 2),
        Other = i % 5 == 0 ? null : (Genre)(i % 2),
        IsDraft = i % 6 == 0,
        PublishedAt = Day.AddHours(i * 7).ToOffset(TimeSpan.FromHours((i % 5) - 2)),
        Price = i * 0.11m,
        Ratio = i / 16.0,
        Level = (byte)i,
        Key = KeyOf(i),
        Labels = i % 2 == 0 ? ["even", "x"] : i % 3 == 0 ? [] : ["odd"],
        Ranks = [i % 4, i % 7],
        Notes = [new Note("good", i % 5), new Note("bad", 4 - (i % 5))],
        Extra = new Dictionary<string, string> { ["k.1"] = $"v{i % 4}" },
    })];

    private static Guid KeyOf(int i) => new(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

    private static Dictionary<string, (Expression<Func<Article, bool>> Predicate, string Json)> Make()
    {
        var names = new List<string> { "Ann", "Cid" };
        var since = Day.AddDays(3).ToOffset(TimeSpan.FromHours(5));
        var key = KeyOf(4);
        Mood? mood = Mood.Sad;
        var limit = 300;
        return new(StringComparer.Ordinal)
        {
            ["equal"] = (a => a.Title == "t03", """{"title":"t03"}"""),
            ["mirrored"] = (a => 5 < a.Words, """{"words_total":{"gt":5}}"""),
            ["range"] = (a => a.Words >= 20 && a.Words < 400, """{"words_total":{"gte":20,"lt":400}}"""),
            ["or"] = (a => a.Words < 20 || a.Title == "t30", """{"or":[{"words_total":{"lt":20}},{"title":"t30"}]}"""),
            ["not"] = (a => !(a.Words < 400), """{"not":{"words_total":{"lt":400}}}"""),
            ["different"] = (a => a.Title != "t03", """{"title":{"ne":"t03"}}"""),
            ["nested"] = (a => a.Author!.Age > 31, """{"author.age":{"gt":31}}"""),
            ["null"] = (a => a.Other == null, """{"other":null}"""),
            ["not null"] = (a => a.Author != null, """{"author":{"ne":null}}"""),
            ["has value"] = (
                a => a.Author != null && a.Author.Age.HasValue, """{"author":{"ne":null},"author.age":{"ne":null}}"""),
            ["bool"] = (a => a.IsDraft, """{"isDraft":true}"""),
            ["not bool"] = (a => !a.IsDraft, """{"isDraft":{"ne":true}}"""),
            ["enum as number"] = (a => a.Mood == Mood.Wild, """{"mood":1}"""),
            ["enum as text by property"] = (a => a.Tone == Mood.Wild, """{"tone":"Wild"}"""),
            ["enum as text by type"] = (a => a.Genre == Genre.Poem, """{"genre":"Poem"}"""),
            ["nullable enum"] = (a => a.Other == Genre.Poem, """{"other":"Poem"}"""),
            ["captured nullable enum"] = (a => a.Mood == mood, """{"mood":2}"""),
            ["enum list"] = (a => new[] { Mood.Wild, Mood.Sad }.Contains(a.Tone), """{"tone":{"in":["Wild","Sad"]}}"""),
            ["time"] = (a => a.PublishedAt >= since, """{"publishedAt":{"gte":{"$time":"2024-05-04T10:00:00Z"}}}"""),
            ["decimal"] = (a => a.Price <= 1.10m, """{"price":{"lte":1.10}}"""),
            ["double"] = (a => a.Ratio > 0.25, """{"ratio":{"gt":0.25}}"""),
            ["byte"] = (a => a.Level < limit, """{"level":{"lt":300}}"""),
            ["guid"] = (a => a.Key == key, $$"""{"key":"{{key}}"}"""),
            ["list contains member"] = (
                a => names.Contains(a.Author!.Name), """{"author.name":{"in":["Ann","Cid"]}}"""),
            ["array contains member"] = (
                a => Names.Contains(a.Author!.Name), """{"author.name":{"in":["Ann","Bob"]}}"""),
            ["collection contains"] = (a => a.Labels.Contains("even"), """{"labels":"even"}"""),
            ["array member contains"] = (a => a.Ranks.Contains(3), """{"ranks":3}"""),
            ["any"] = (
                a => a.Notes.Any(n => n.Stars > 2 && n.Text == "good"),
                """{"notes":{"any":{"stars":{"gt":2},"text":"good"}}}"""),
            ["any of one condition"] = (a => a.Notes.Any(n => n.Stars == 4), """{"notes.stars":4}"""),
            ["any plain"] = (a => a.Ranks.Any(r => r > 2 && r < 5), """{"ranks":{"gt":2,"lt":5}}"""),
            ["any at all"] = (a => a.Labels.Any(), """{"labels":{"startsWith":""}}"""),
            ["starts"] = (a => a.Title.StartsWith("t1"), """{"title":{"startsWith":"t1"}}"""),
            ["contains"] = (a => a.Title.Contains("t2", StringComparison.Ordinal), """{"title":{"contains":"t2"}}"""),
            ["compare"] = (
                a => string.Compare(a.Title, "t20", StringComparison.Ordinal) > 0, """{"title":{"gt":"t20"}}"""),
            ["equals"] = (a => a.Title.Equals("t07"), """{"title":"t07"}"""),
            ["empty"] = (a => string.IsNullOrEmpty(a.Author!.Name), """{"author.name":{"in":[null,""]}}"""),
            ["dictionary"] = (a => a.Extra["k.1"] == "v1", """{"extra.k\\.1":"v1"}"""),
            ["everything"] = (a => true, "{}"),
        };
    }
}
