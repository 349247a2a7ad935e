using System.Text;
using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>Any valid Unicode text is an id, each is kept apart, and what is no name is refused.</summary>
public abstract class KeyLaws : TextLaws
{
    /// <summary>Ids that file systems, shells, SQL, URLs or locales would confuse.</summary>
    private static readonly string[] NastyIds =
    [
        ".", "..", "...", "../up", "/", "//", "/etc/passwd", "\\", "..\\up", "a/b", "a\\b", "a/", "C:", "C:\\x", "~",
        "-", "con", "CON", "nul", "NUL.txt", "aux.json", "com1", "lpt9", "a.", "a..", "a ", " a", " ", "  ", "\t",
        "\n", "\r\n", "a", "A", "aa", "aA", "Aa", "AA", "ß", "SS", "ss", "ẞ", "ı", "i", "I", "İ", "\u00e9", "e\u0301",
        "é.json", "\u212B", "\u00C5", "A\u030A", "😀", "👩‍👩‍👧‍👦", "שלום", "\u202Eabc", "\u200B", "\uFEFF", "\uFFFD",
        "\uFFFF", "\uE000", "\U0010FFFF", "\U00010000", "日本語", "%", "%%", "%2e%2e", "%2F", "%00", "%e9", "+", "&",
        "=", "?", "#", "*", "?*", "<a>", "\"", "'", "''", "' OR 1=1 --", ";", "`", "$", "$x", "!", "@", "^", "|",
        "{}", "[]", "()", ",", ":", "::", "_", "__", "%_", "\u0001", "\u001F", "\u007F", "\u0080", "0", "00", "1e3",
        "null", "true", "undefined", "id.json", "id.json.tmp", ".tmp", ".lock", "lock", "LOCK", "journal", ".journal",
        "journal.1", "index", "meta", "meta.json", "store.db", "store.db-wal", "wal", "epoch", "records", "sidecar",
        ".undercroft", "undercroft", ".git", "README.md", "sqlite_master", "rowid", "desktop.ini", "Thumbs.db",
        ".DS_Store", "__proto__", "constructor",
    ];

    private static readonly string[] LongIds =
    [
        new('x', 255), new('x', 256), new string('x', 255) + "y", new('x', RecordKey.IdBytesMax),
        new string('x', RecordKey.IdBytesMax - 1) + "y", new('é', 512), new('/', 1024), new('.', 1024),
        string.Concat(Enumerable.Repeat("😀", 256)), string.Concat(Enumerable.Repeat("a/", 512)), new('A', 255),
        new('a', 255),
    ];

    private static readonly string[] NastyCollections =
    [
        ".", "..", "/", "a/b", "\\", "con", "nul.txt", "a", "A", "a.", "a ", " ", "\n", "%2e%2e", "é", "e\u0301", "😀",
        "records", "sqlite_master", "journal", "*", "'", "-", new('x', RecordKey.CollectionBytesMax), new('é', 64),
    ];

    [Fact]
    public virtual async Task Every_text_is_an_id_of_its_own()
    {
        string[] ids = [.. NastyIds.Concat(LongIds).Distinct(StringComparer.Ordinal)];
        _ = await WriteAsync([.. ids.Select(static id => Put(id, "value of " + id))]);

        await AssertIdsAsync(ids);
    }

    [Fact]
    public virtual async Task Every_text_is_an_id_of_its_own_when_the_store_is_opened_again()
    {
        Requires(StoreCapabilities.Persistent);
        string[] ids = [.. NastyIds.Concat(LongIds).Distinct(StringComparer.Ordinal)];
        string[] kept = [.. ids.Where(static (_, i) => i % 2 == 0)];
        _ = await WriteAsync([.. ids.Select(static id => Put(id, "value of " + id))]);
        await RestartAsync();
        await AssertIdsAsync(ids);

        _ = await WriteAsync([.. ids.Except(kept, StringComparer.Ordinal).Select(static id => Delete(id))]);
        await RestartAsync();

        await AssertIdsAsync(kept);
    }

    [Fact]
    public virtual async Task Deleting_one_id_leaves_its_look_alikes()
    {
        foreach (var id in NastyIds.Distinct(StringComparer.Ordinal).Take(60))
        {
            _ = await WriteAsync(Put(id), Put(id + "2"), Put("2" + id));
            _ = await WriteAsync(Delete(id));

            Assert.Null(await ReadAsync(id));
            Assert.NotNull(await ReadAsync(id + "2"));
            Assert.NotNull(await ReadAsync("2" + id));
            _ = await WriteAsync(Delete(id + "2"), Delete("2" + id));
        }
    }

    [Fact]
    public virtual async Task Every_text_is_a_collection_of_its_own()
    {
        _ = await WriteAsync(
            [.. NastyCollections.Select(static name => new PutOperation(Key("id", name), Bytes("in " + name)))]);
        if (ExpectedCapabilities.HasFlag(StoreCapabilities.Persistent))
        {
            await RestartAsync();
        }

        foreach (var name in NastyCollections)
        {
            Assert.Equal("in " + name, Text(await ReadAsync(Key("id", name))));
            var only = Assert.Single(await ScanAsync(new ScanRequest { Collection = name }));
            Assert.Equal(Key("id", name), only.Record.Key);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("\0")]
    public virtual void A_text_that_is_no_name_is_refused(string text)
    {
        _ = Assert.ThrowsAny<ArgumentException>(() => new RecordKey("things", text));
        _ = Assert.ThrowsAny<ArgumentException>(() => new RecordKey(text, "id"));
    }

    [Fact]
    public virtual void A_name_over_its_length_or_with_half_a_character_is_refused()
    {
        _ = Assert.ThrowsAny<ArgumentException>(
            () => new RecordKey("things", new string('x', RecordKey.IdBytesMax + 1)));
        _ = Assert.ThrowsAny<ArgumentException>(() => new RecordKey("things", new string('é', 513)));
        _ = Assert.ThrowsAny<ArgumentException>(() => new RecordKey("things", "a\uD83D"));
        _ = Assert.ThrowsAny<ArgumentException>(() => new RecordKey("things", "\uDE00\uD83D"));
        _ = Assert.ThrowsAny<ArgumentException>(
            () => new RecordKey(new string('x', RecordKey.CollectionBytesMax + 1), "id"));
    }

    [Fact]
    public virtual async Task An_operation_without_a_key_is_refused_before_anything_is_written()
    {
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(
            () => CommitAsync(Put("cave"), new PutOperation(default, Bytes("x"))));

        Assert.Null(await ReadAsync("cave"));
    }

    private async Task AssertIdsAsync(string[] ids)
    {
        var found = await Store.ReadAsync(ids.Select(static id => Key(id)).ToArray(), cancellationToken: Cancel);
        for (var i = 0; i < ids.Length; i++)
        {
            Assert.Equal("value of " + ids[i], Text(found[i]));
        }

        var inOrder = ids.OrderBy(static id => Convert.ToHexString(Encoding.UTF8.GetBytes(id)), StringComparer.Ordinal);
        Assert.Equal(inOrder, await IdsAsync());
    }
}
