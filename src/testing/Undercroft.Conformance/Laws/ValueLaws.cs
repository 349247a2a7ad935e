using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>Bytes and text come back exactly as they were given, whatever they are.</summary>
public abstract class ValueLaws : ReadLaws
{
    /// <summary>Values that a store taking liberties would change.</summary>
    private static readonly (string Name, byte[] Value)[] Values =
    [
        ("empty", []),
        ("one zero", [0]),
        ("one byte", [0xFF]),
        ("all bytes", [.. Enumerable.Range(0, 256).Select(static i => (byte)i)]),
        ("no utf-8", [0xC3, 0x28, 0xED, 0xA0, 0x80, 0xF5, 0xFF]),
        ("line ends", Bytes("a\r\nb\nc\rd\r\n")),
        ("byte order mark", [0xEF, 0xBB, 0xBF, (byte)'x']),
        ("json with spaces", Bytes("{ \"b\" : 1.0, \"a\":[ ] ,\"b\":2 }\n ")),
        ("json with escapes", Bytes("\"\\u00e9\\/\\uD83D\\uDE00\"")),
        ("trailing zeros", [1, 0, 0, 0]),
        ("a number", Bytes("00012")),
    ];

    [Fact]
    public virtual async Task Values_are_kept_byte_for_byte()
    {
        _ = await WriteAsync([.. Values.Select(static value => new PutOperation(Key(value.Name), value.Value))]);

        await AssertValuesAsync();
    }

    [Fact]
    public virtual async Task Values_are_kept_byte_for_byte_when_the_store_is_opened_again()
    {
        Requires(StoreCapabilities.Persistent);
        _ = await WriteAsync([.. Values.Select(static value => new PutOperation(Key(value.Name), value.Value))]);

        await RestartAsync();

        await AssertValuesAsync();
    }

    [Fact]
    public virtual async Task Values_are_kept_byte_for_byte_in_scans_and_in_the_feed()
    {
        _ = await WriteAsync([.. Values.Select(static value => new PutOperation(Key(value.Name), value.Value))]);

        var scanned = await ScanAsync(Scan());
        var (followed, _) = await FollowAsync();

        var expected = Values.ToDictionary(static value => value.Name, static value => value.Value);
        Assert.Equal(Values.Length, scanned.Count);
        Assert.All(scanned, item => Assert.Equal(expected[item.Record.Key.Id], item.Record.Value.ToArray()));
        Assert.Equal(Values.Length, followed.Count);
        Assert.All(followed, record => Assert.Equal(expected[record.Key.Id], record.Value.ToArray()));
    }

    [Fact]
    public virtual async Task Large_values_are_kept_byte_for_byte()
    {
        var value = new byte[1_000_003];
        new Random(1).NextBytes(value);

        _ = await WriteAsync(new PutOperation(Key("large"), value));

        Assert.Equal(value, (await ReadLiveAsync("large")).Value.ToArray());
    }

    [Fact]
    public virtual async Task The_store_has_copied_what_it_was_given()
    {
        var value = Bytes("before");
        byte[] entry = [1];
        _ = await WriteAsync(new PutOperation(Key("cave"), value) { Entries = [new IndexEntry("age", entry)] });

        value.AsSpan().Fill((byte)'!');
        entry[0] = 9;

        Assert.Equal("before", Text(await ReadAsync("cave")));
        var found = Assert.Single(await ScanAsync(Scan(ScanRange.Keys("age"))));
        Assert.Equal([1], found.EntryKey.ToArray());
    }

    [Fact]
    public virtual async Task Meta_and_origin_are_kept_character_for_character()
    {
        var meta = Meta(
            ("", "empty name"), ("empty", ""), ("\r\n\t\"\\", "\r\n\t\"\\'"), ("ключ", "значение"),
            ("😀", "\uFFFD\uE000"), ("A", "1"), ("a", "2"), ("long", new string('x', 5_000)), ("=", ";"),
            ("null", "null"), ("\u0001", "\u001F"));
        const string Origin = "node-1/ключ \"😀\"\\";

        var commit = new Commit(new PutOperation(Key("cave"), default) { Meta = meta }) { Origin = Origin };
        _ = await WriteAsync(commit);
        if (ExpectedCapabilities.HasFlag(StoreCapabilities.Persistent))
        {
            await RestartAsync();
        }

        var found = await ReadLiveAsync("cave");
        Assert.Equal(meta, found.Meta);
        Assert.Equal(Origin, found.Origin);
        Assert.Equal(0, found.Value.Length);
    }

    private async Task AssertValuesAsync()
    {
        foreach (var (name, value) in Values)
        {
            Assert.Equal(value, (await ReadLiveAsync(name)).Value.ToArray());
        }
    }
}
