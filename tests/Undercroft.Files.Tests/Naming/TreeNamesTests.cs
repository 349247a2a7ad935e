using System.Buffers;
using System.Text;
using Undercroft.Files.Naming;
using Undercroft.Testing;

namespace Undercroft.Files.Tests.Naming;

public sealed class TreeNamesTests
{
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("/\\:*?\"<>|~\u007f");

    private static readonly string[] Nasty =
    [
        ".", "..", "...", "/", "\\", "a/b", "a\\b", "C:", "a:b", "*", "?", "\"", "<", ">", "|", "%", "%41", "+", "+a",
        "++", "++a",
        "ABC", "ABCd", "aBCD", "A-B-C", "A1B2C3", "ÉÈÊ", "ABCßDEF", "AB", "ABC.", "ПРИ", "HTMLPage", "DBF4E4E6-2E18",
        "%h",
        "con", "CON", "Con", "con.txt", "con .txt", "nul", "com1", "com0", "lpt9", "conin$", "aux.json", "prn.",
        " ", "  ", " a", "a ", "a.", ".a", ".git", ".undercroft", "~1", "longna~1", "a\u0001", "a\u007f", "a\nb",
        "é", "e\u0301", "É", "E\u0301", "ß", "ss", "ẞ", "ſ", "s", "K", "\u212A", "k", "Å", "\u212B",
        "Ω", "\u2126", "σ", "ς", "Σ",
        "ı", "i", "I", "İ", "ŉ", "ǆ", "ǅ", "Ǆ", "ﬁ", "fi", "\u00AD", "\u200B", "\u202E", "\uFEFF", "\uFFFD",
        "日本語", "カ\u3099", "ガ",
        "한국어",
        "\u1112\u1161\u11ab", "привет", "ПРИВЕТ", "שלום", "مرحبا", "😀", "𝒳", "a😀b",
        "İstanbul",
    ];

    [Fact]
    public void Names_that_people_expect_stay_as_they_are()
    {
        string[] expected =
            ["cave", "story-12_v2", "a.b", "hello world", "日本語", "привет", "émile", "2026-11-20", "a(1)"];
        foreach (var plain in expected)
        {
            Assert.Equal(plain, TreeNames.Of(plain));
        }

        Assert.Equal("+story+cave", TreeNames.Of("StoryCave"));
        Assert.Equal("++dbf4e4e6-2e18-404a", TreeNames.Of("DBF4E4E6-2E18-404A"));
        Assert.Equal("my ++html ++page+s", TreeNames.Of("my HTML pageS"));
        Assert.Equal("+a+b", TreeNames.Of("AB"));
        Assert.Equal("a%2fb", TreeNames.Of("a/b"));
        Assert.Equal("%2e%2e", TreeNames.Of(".."));
        Assert.Equal("%63on", TreeNames.Of("con"));
        Assert.Equal("+émile", TreeNames.Of("Émile"));
    }

    [Fact]
    public void Every_nasty_id_has_a_safe_name_of_its_own_and_comes_back()
    {
        AssertSafe(Nasty);
    }

    [Fact]
    public void Every_character_has_a_safe_name_of_its_own_and_comes_back()
    {
        var characters = Enumerable.Range(1, 0x2FFFF).Where(Rune.IsValid).Select(char.ConvertFromUtf32).ToList();
        AssertSafe(characters);
    }

    [Fact]
    public void Random_ids_have_safe_names_of_their_own_and_come_back()
    {
        var seed = TestSeed.Take();
        var chance = seed.ToRandom();
        var ids = Enumerable.Range(0, 20_000)
            .Select(_ => string.Concat(chance.GetItems(Nasty, chance.Next(1, 8))))
            .ToHashSet(StringComparer.Ordinal);
        AssertSafe(ids, seed.ToString());
    }

    [Fact]
    public void Long_ids_are_cut_and_still_have_names_of_their_own()
    {
        var long1 = new string('x', 1023) + "1";
        var long2 = new string('x', 1023) + "2";

        Assert.NotEqual(TreeNames.Of(long1), TreeNames.Of(long2));
        Assert.InRange(Encoding.UTF8.GetByteCount(TreeNames.Of(long1)), 1, TreeNames.BytesMax);
        Assert.True(TreeNames.IsCut(long1));
        Assert.Null(TreeNames.IdOf(TreeNames.Of(long1)));
        Assert.False(TreeNames.IsCut(new string('x', TreeNames.BytesMax)));
        var capitals = TreeNames.Of(string.Concat(Enumerable.Repeat("É", 300)));
        Assert.InRange(Encoding.UTF8.GetByteCount(capitals), 1, TreeNames.BytesMax);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("%4")]
    [InlineData("%zz")]
    [InlineData("%ff")]
    [InlineData("%00")]
    [InlineData("+")]
    [InlineData("+1")]
    [InlineData("a+")]
    [InlineData("++ab+c")]
    [InlineData("+++")]
    [InlineData("%h0123456789abcdef0123456789abcdef")]
    public void What_is_no_name_is_not_read_as_one(string name) => Assert.Null(TreeNames.IdOf(name));

    private static void AssertSafe(IEnumerable<string> ids, string? note = null)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in ids)
        {
            var name = TreeNames.Of(id);
            Assert.True(TreeNames.IsCut(id) || TreeNames.IdOf(name) == id, $"{Names.Show(id)} became {name}. {note}");
            Assert.True(names.TryAdd(name, id), $"{Names.Show(id)} shares {name}. {note}");
            Assert.True(IsSafe(name), $"{Names.Show(id)} became {Names.Show(name)}. {note}");
        }
    }

    // No capital letter, no mark that combines, nothing Windows or a shell path gives a meaning to.
    private static bool IsSafe(string name)
    {
        var stem = name.Split('.')[0].TrimEnd(' ');
        return name.Length > 0 && name[0] is not ('.' or ' ') && name[^1] is not ('.' or ' ') &&
            name.AsSpan().IndexOfAny(Forbidden) < 0 &&
            !name.Any(static c => c < ' ') &&
            name.EnumerateRunes().All(static rune => Rune.ToLowerInvariant(rune) == rune) &&
            !name.EnumerateRunes().Any(static rune => Rune.GetUnicodeCategory(rune) is
                System.Globalization.UnicodeCategory.NonSpacingMark or
                System.Globalization.UnicodeCategory.EnclosingMark or
                System.Globalization.UnicodeCategory.Format or
                System.Globalization.UnicodeCategory.Surrogate) &&
            stem is not ("con" or "prn" or "aux" or "nul" or "com1" or "com0" or "lpt9" or "conin$");
    }
}
