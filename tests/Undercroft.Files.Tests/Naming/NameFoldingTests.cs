using System.Globalization;
using System.Text;
using Undercroft.Files.Naming;
using Undercroft.Testing;

namespace Undercroft.Files.Tests.Naming;

/// <summary>Names stay apart whatever a file system makes of them: of case as Windows and macOS fold it, of accents as
/// macOS normalises them, of dots and blanks at the end as Windows drops them.</summary>
public sealed class NameFoldingTests
{
    // What file systems, archives and synchronising tools do to names before they compare them.
    private static readonly (string Name, Func<string, string> Fold)[] Foldings =
    [
        ("upper case", static name => name.ToUpperInvariant()),
        ("lower case", static name => name.ToLowerInvariant()),
        ("both cases", static name => name.ToUpperInvariant().ToLowerInvariant()),
        ("composed", static name => name.Normalize(NormalizationForm.FormC)),
        ("decomposed", static name => name.Normalize(NormalizationForm.FormD)),
        ("compatible, in upper case", static name => name.Normalize(NormalizationForm.FormKD).ToUpperInvariant()),
        ("decomposed, in lower case", static name => name.Normalize(NormalizationForm.FormD).ToLowerInvariant()),
        ("without its end", static name => name.TrimEnd('.', ' ')),
        ("without its beginning", static name => name.TrimStart(' ')),
    ];

    private static readonly string[] Parts =
    [
        "a", "A", "é", "É", "e\u0301", "E\u0301", "ß", "ẞ", "ss", "SS", "ſ", "s", "k", "K", "\u212A", "å", "\u212B",
        "ı", "i", "I", "İ", "i\u0307", "σ", "ς", "Σ", "ω", "Ω", "\u2126", "µ", "μ", "ǆ", "ǅ", "Ǆ", "ﬁ", "ﬀ", "fi", "ff",
        "й", "и\u0306", "Й", "ё", "е\u0308", "が", "か\u3099", "カ\u3099", "ガ", "ｶﾞ", "한", "\u1112\u1161\u11AB",
        "ａ", "Ａ", "①", "1", "½", "²", "2", "\u00A0", " ", ".", "%", "%41", "+", "+a", "~", "\u200D", "\uFE0F",
        "\u0307", "\u0345", "ΐ", "ΰ", "ŉ", "ʼn", "ﬆ", "st", "ա", "Ա", "ა", "Ა", "ꭰ", "Ꭰ", "𐐨", "𐐀", "😀", "\u0130",
        "con", "CON", "nul", "com1", "COM¹", "lpt1", "aux", "/", "\\", ":", "*", "?",
    ];

    [Fact]
    public void Characters_have_names_of_their_own_under_every_folding()
    {
        var characters = Enumerable.Range(1, 0x2FFFF).Where(Rune.IsValid).Select(char.ConvertFromUtf32).ToList();
        AssertApart(characters, "");
    }

    [Fact]
    public void Random_ids_have_names_of_their_own_under_every_folding()
    {
        var seed = TestSeed.Take();
        var chance = seed.ToRandom();
        var ids = Enumerable.Range(0, 20_000 * TestSeed.Length)
            .Select(_ => string.Concat(chance.GetItems(Parts, chance.Next(1, 6))))
            .Where(static id => id.Length > 0)
            .ToHashSet(StringComparer.Ordinal);
        AssertApart(ids, seed.ToString());
    }

    [Fact]
    public void Twins_of_every_length_have_names_of_their_own_that_fit_any_file_system()
    {
        var seed = TestSeed.Take();
        var chance = seed.ToRandom();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var length = 1; length < 10_240; length += chance.Next(1, 1 + (length / 8)))
        {
            var stem = string.Concat(Enumerable.Repeat(Parts[chance.Next(Parts.Length)], length));
            ids.UnionWith([stem, stem + "x", stem + "X", "é" + stem, "e\u0301" + stem, stem.ToUpperInvariant()]);
        }

        AssertApart(ids, seed.ToString());
        foreach (var id in ids)
        {
            // 255 bytes on Linux, 255 units of UTF-16 elsewhere; the longest extension included.
            var file = TreeNames.Of(id) + ".json";
            Assert.InRange(Encoding.UTF8.GetByteCount(file), 1, 255);
            Assert.InRange(file.Normalize(NormalizationForm.FormD).Length, 1, 255);
        }
    }

    [Theory]
    [InlineData("CON")]
    [InlineData("con.json")]
    [InlineData("Nul")]
    [InlineData("com1.tar.gz")]
    [InlineData("LPT9 ")]
    [InlineData("conin$")]
    [InlineData("COM¹")]
    [InlineData("com².txt")]
    [InlineData("lpt³")]
    [InlineData("prn ..")]
    public void No_name_is_one_that_Windows_keeps_for_a_device(string id)
    {
        var name = TreeNames.Of(id);
        var stem = name.Split('.')[0].TrimEnd(' ').ToUpper(CultureInfo.InvariantCulture);

        Assert.DoesNotMatch("^(CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|(COM|LPT)[0-9¹²³])$", stem);
        Assert.Equal(id, TreeNames.IdOf(name));
    }

    private static void AssertApart(IReadOnlyCollection<string> ids, string note)
    {
        var names = ids.Select(static id => (Id: id, Name: TreeNames.Of(id))).ToList();
        foreach (var (folding, fold) in Foldings)
        {
            var seen = new Dictionary<string, string>(names.Count, StringComparer.Ordinal);
            foreach (var (id, name) in names)
            {
                if (!seen.TryAdd(fold(name), id))
                {
                    Assert.Fail(
                        $"{Names.Show(id)} and {Names.Show(seen[fold(name)])} are both {Names.Show(fold(name))}, " +
                        $"{folding}. {note}");
                }
            }
        }
    }
}
