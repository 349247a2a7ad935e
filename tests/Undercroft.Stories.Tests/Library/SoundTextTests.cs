using System.Text;

namespace Undercroft.Stories.Tests;

/// <summary>Text is passed over a block at a time: what stops it must be found wherever it stands.</summary>
public sealed class SoundTextTests
{
    private const int Block = 64;

    [Fact]
    public void Text_at_random_is_passed_up_to_what_is_none()
    {
        // Mostly backslashes and what may stand behind them, so that runs cross the ends of blocks.
        var some = Encoding.Latin1.GetBytes("\\\\\\\\\\\\\\\\\\\\nnnn\"\"/rtbfxä\u007fu1\n\0");
        for (var round = 0; round < 2000; round++)
        {
            var random = new Random(Seeds.Current + round);
            var text = new byte[random.Next(4 * Block)];
            Array.Fill(text, (byte)'x');
            var runs = random.Next(6);
            for (var run = 0; run < runs; run++)
            {
                var at = random.Next(text.Length + 1);
                var end = Math.Min(text.Length, at + random.Next(70));
                for (; at < end; at++)
                {
                    text[at] = random.Next(3) == 0 ? some[random.Next(some.Length)] : (byte)'\\';
                }
            }

            Verify(text, round);
        }
    }

    [Fact]
    public void Every_byte_is_text_or_none_alone_and_behind_a_backslash_at_every_place()
    {
        for (var value = 0; value <= byte.MaxValue; value++)
        {
            for (var at = 0; at < (2 * Block) + 2; at++)
            {
                var text = new byte[4 * Block];
                Array.Fill(text, (byte)'x');
                text[at] = (byte)value;
                Verify(text, value);
                text[at] = (byte)'\\';
                text[at + 1] = (byte)value;
                Verify(text, value);
            }
        }
    }

    private static void Verify(byte[] text, int round)
    {
        var passed = SoundText.Pass(text);

        var expected = End(text);
        if (passed == expected)
        {
            return;
        }

        // It may stop less than a block before the end, but never inside an escape.
        var isEarly = passed < expected && text.Length - passed <= Block && End(text.AsSpan(0, passed)) == passed;
        Assert.True(isEarly, $"{Seeds.Replay(round)}: {passed} passed, expected {expected}, of {text.Length}.");
    }

    // The same, one byte at a time.
    private static int End(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (at < text.Length && text[at] >= ' ' && text[at] != '"')
        {
            if (text[at] != '\\')
            {
                at++;
            }
            else if (at + 1 < text.Length && "n\"\\/rtbf"u8.Contains(text[at + 1]))
            {
                at += 2;
            }
            else
            {
                break;
            }
        }

        return at;
    }
}
