using System.Globalization;
using System.Text;
using Undercroft.Indexes;

namespace Undercroft.Tests.Indexes;

public sealed class IndexKeyTests
{
    private const int Rounds = 20_000;

    [Theory]
    [InlineData("null", "10")]
    [InlineData("false", "18")]
    [InlineData("true", "19")]
    [InlineData("0", "21")]
    [InlineData("-0.0e9", "21")]
    [InlineData("1", "22810b00")]
    [InlineData("42", "22822b00")]
    [InlineData("-42", "207dd4ff")]
    [InlineData("100", "22830b00")]
    [InlineData("123", "22830d1f00")]
    [InlineData("0.05", "227f3300")]
    [InlineData("1e400", "22c101910b00")]
    [InlineData("1e-400", "223efe700b00")]
    [InlineData("-1e400", "203efe6ef4ff")]
    [InlineData("\"\"", "3000")]
    [InlineData("\"Ann\"", "30416e6e00")]
    [InlineData("\"a\\u0000\\u0001b\"", "306101010102" + "6200")]
    [InlineData("{}", "50")]
    public void The_encoding_is_pinned(string json, string expected)
    {
        Assert.Equal(expected, Convert.ToHexStringLower(Encode(json, FieldKind.Default)));
    }

    [Fact]
    public void Times_are_pinned_as_ticks_in_utc()
    {
        var written = Encode("\"2024-05-01T12:00:00+02:00\"", FieldKind.Time);

        Assert.Equal("4008dc69c576a89000", Convert.ToHexStringLower(written));
        Assert.Equal(
            FieldValue.From(new DateTimeOffset(2024, 5, 1, 10, 0, 0, TimeSpan.Zero)), new IndexKeyReader(written)
                .Read());
    }

    [Fact]
    public void Kinds_follow_each_other_in_order()
    {
        string[] json = ["null", "false", "true", "-1e999", "-1", "0", "1", "1e999", "\"\"", "\"\uFFFF\"", "\"😀\""];

        var keys = json.Select(static value => Encode(value, FieldKind.Default)).ToList();
        keys.Add(Encode("\"0001-01-01\"", FieldKind.Time));
        keys.Add(Encode("\"9999-12-31T23:59:59.9999999Z\"", FieldKind.Time));
        keys.Add(Encode("{}", FieldKind.Default));

        for (var i = 1; i < keys.Count; i++)
        {
            Assert.True(keys[i - 1].AsSpan().SequenceCompareTo(keys[i]) < 0, $"At {i}.");
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Numbers_sort_by_their_exact_value_in_both_directions(int seed)
    {
        var random = new Random(seed);

        for (var round = 0; round < Rounds; round++)
        {
            var (left, right) = (Nasty.Number(random), Nasty.Number(random));

            var expected = Math.Sign(Nasty.CompareNumbers(left, right));

            AssertOrder(
                expected, FieldValue.Number(left), FieldValue.Number(right), $"{left} and {right}, seed {seed}");
        }
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Strings_sort_by_their_utf8_bytes_in_both_directions(int seed)
    {
        var random = new Random(seed);

        for (var round = 0; round < Rounds; round++)
        {
            var (left, right) = (Nasty.Text(random), Nasty.Text(random));

            var expected = Math.Sign(
                Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));

            AssertOrder(expected, FieldValue.From(left), FieldValue.From(right), $"round {round}, seed {seed}");
        }
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    public void Tuples_sort_by_their_first_difference_each_field_in_its_direction(int seed)
    {
        var random = new Random(seed);

        for (var round = 0; round < Rounds; round++)
        {
            var directions = Enumerable.Range(0, 3).Select(_ => random.Next(2) == 0).ToArray();
            var left = directions.Select(_ => Value(random)).ToArray();
            var right = directions.Select((_, i) => random.Next(2) == 0 ? left[i] : Value(random)).ToArray();

            var expected = Enumerable.Range(0, 3)
                .Select(i => Math.Sign(left[i].CompareTo(right[i])) * (directions[i] ? -1 : 1))
                .FirstOrDefault(static order => order != 0);

            var (a, b) = (Write(left, directions), Write(right, directions));
            Assert.True(
                expected == Math.Sign(a.AsSpan().SequenceCompareTo(b)),
                $"({string.Join(", ", left)}) and ({string.Join(", ", right)}) " +
                $"down {string.Join(", ", directions)}, seed {seed}");
        }
    }

    [Theory]
    [InlineData(41)]
    public void What_was_written_is_read_back(int seed)
    {
        var random = new Random(seed);

        for (var round = 0; round < Rounds; round++)
        {
            var directions = Enumerable.Range(0, 3).Select(_ => random.Next(2) == 0).ToArray();
            var values = directions.Select(_ => Value(random)).ToArray();

            var reader = new IndexKeyReader(Write(values, directions));
            var read = new List<FieldValue>();
            foreach (var isDescending in directions)
            {
                read.Add(reader.Read(isDescending));
            }

            Assert.True(
                values.SequenceEqual(read),
                $"({string.Join(", ", values)}) gave ({string.Join(", ", read)}), seed {seed}");
            Assert.True(reader.IsAtEnd);
        }
    }

    [Fact]
    public void Equal_numbers_have_equal_bytes_however_they_are_written()
    {
        string[][] groups = [["1", "1.0", "1e0", "10e-1", "0.1E+1"], ["0", "-0", "0.000", "0e99"], ["1e400", "10e399"]];

        foreach (var group in groups)
        {
            Assert.Single(group.Select(static json => Convert.ToHexString(Encode(json, FieldKind.Default))).Distinct());
        }
    }

    [Fact]
    public void Binary_doubles_sort_as_doubles()
    {
        var random = new Random(5);

        for (var round = 0; round < Rounds; round++)
        {
            var a = BitConverter.Int64BitsToDouble(random.NextInt64());
            var b = BitConverter.Int64BitsToDouble(random.NextInt64());
            if (double.IsFinite(a) && double.IsFinite(b))
            {
                AssertOrder(a.CompareTo(b), FieldValue.From(a), FieldValue.From(b), $"{a:R} and {b:R}");
            }
        }
    }

    [Theory]
    [InlineData("2024-05-01", "2024-05-01T00:00:00Z")]
    [InlineData("2024-05-01T10:30", "2024-05-01T10:30:00Z")]
    [InlineData("2024-05-01T10:30:00.5+02:00", "2024-05-01T08:30:00.5Z")]
    [InlineData("2024-02-29T23:59:59.99999999-01:30", "2024-03-01T01:29:59.9999999Z")]
    public void Times_are_read_whatever_their_form(string text, string expected)
    {
        Assert.True(TimeText.TryRead(Encoding.UTF8.GetBytes(text), out var time));
        Assert.Equal(expected, TimeText.Write(time));
    }

    [Theory]
    [InlineData("2023-02-29")]
    [InlineData("2024-13-01")]
    [InlineData("2024-00-01")]
    [InlineData("0000-01-01")]
    [InlineData("2024-05-01 10:30")]
    [InlineData("2024-05-01T24:00")]
    [InlineData("2024-05-01T10:30:60")]
    [InlineData("2024-05-01T10:30:00.")]
    [InlineData("2024-05-01T10:30:00+2")]
    [InlineData("2024-05-01T10:30:00ZZ")]
    [InlineData("2024-05-01T")]
    [InlineData("0001-01-01T00:00+01:00")]
    [InlineData("9999-12-31T23:59-01:00")]
    [InlineData("soon")]
    [InlineData("")]
    public void What_is_no_time_stays_text(string text)
    {
        Assert.False(TimeText.TryRead(Encoding.UTF8.GetBytes(text), out _));
        Assert.Equal(FieldValue.From(text), new IndexKeyReader(Encode($"\"{text}\"", FieldKind.Time)).Read());
    }

    [Fact]
    public void Damaged_keys_are_refused_and_never_read_past_their_end()
    {
        var random = new Random(7);

        for (var round = 0; round < Rounds; round++)
        {
            var key = Write([Value(random), Value(random)], [false, true]);
            key[random.Next(key.Length)] = (byte)random.Next(256);
            var cut = key.AsSpan(0, random.Next(key.Length + 1));
            var reader = new IndexKeyReader(cut);
            try
            {
                while (!reader.IsAtEnd)
                {
                    _ = reader.Read(random.Next(2) == 0).ToString();
                }
            }
            catch (Exception error) when (error is FormatException or ArgumentException)
            {
                Assert.NotEmpty(error.Message);
            }
        }
    }

    private static FieldValue Value(Random random) => random.Next(6) switch
    {
        0 => FieldValue.Null,
        1 => FieldValue.From(random.Next(2) == 0),
        2 => FieldValue.From(new DateTimeOffset(random.NextInt64(DateTime.MaxValue.Ticks), TimeSpan.Zero)),
        3 => FieldValue.Number(Nasty.Number(random)),
        4 => FieldValue.AnyObject,
        _ => FieldValue.From(Nasty.Text(random)),
    };

    private static byte[] Write(FieldValue[] values, bool[] directions)
    {
        var writer = new IndexKeyWriter();
        for (var i = 0; i < values.Length; i++)
        {
            writer.IsDescending = directions[i];
            writer.WriteValue(values[i]);
        }

        return writer.Written.ToArray();
    }

    private static void AssertOrder(int expected, FieldValue left, FieldValue right, string about)
    {
        Assert.True(expected == Math.Sign(left.CompareTo(right)), about);
        var (a, b) = (Write([left], [true]), Write([right], [true]));
        Assert.True(-expected == Math.Sign(a.AsSpan().SequenceCompareTo(b)), about + ", downwards");
    }

    private static byte[] Encode(string json, FieldKind kind)
    {
        var index = new IndexDefinition { Name = "i", Fields = [new IndexField(FieldPath.Parse("v"), kind)] };
        var document = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"v\":{json}}}"));
        return new IndexSet([index]).Compute(new RecordKey("c", "d"), document)[0].Key.ToArray();
    }
}
