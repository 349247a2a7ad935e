using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Undercroft.Stories;

/// <summary>The rules of <see cref="WordCounter"/> for ASCII without underscores, many characters at a time.</summary>
internal static class AsciiWords
{
    // A character's word depends on the two before it, so each block's bits stand above those of the last two.
    private const int Before = 2;

    private static int Length => Vector256<byte>.Count;

    public static int Count(ReadOnlySpan<char> text)
    {
        var block = new Block();
        for (; text.Length >= Length; text = text[Length..])
        {
            block.Add(MemoryMarshal.Cast<char, ushort>(text));
        }

        Span<char> rest = stackalloc char[Length];
        rest.Clear();
        text.CopyTo(rest);
        block.Add(MemoryMarshal.Cast<char, ushort>(rest));
        return block.Words;
    }

    private struct Block
    {
        private ulong letters;
        private ulong numbers;
        private ulong joinLetters;
        private ulong joinNumbers;

        public int Words { get; private set; }

        public void Add(ReadOnlySpan<ushort> text)
        {
            var bytes = Vector256.Narrow(Vector256.Create(text), Vector256.Create(text[Vector256<ushort>.Count..]));
            var joinBoth = Is(bytes, '\'') | Is(bytes, '.');
            Push(ref letters, IsFrom(bytes | Vector256.Create((byte)0x20), 'a', 'z'));
            Push(ref numbers, IsFrom(bytes, '0', '9'));
            Push(ref joinLetters, joinBoth | Is(bytes, ':'));
            Push(ref joinNumbers, joinBoth | Is(bytes, ',') | Is(bytes, ';'));

            var inWord = letters | numbers;
            var joined = ((joinLetters << 1) & letters & (letters << 2))
                | ((joinNumbers << 1) & numbers & (numbers << 2));
            Words += BitOperations.PopCount((inWord & ~(inWord << 1) & ~joined) >> Before);
        }

        private static void Push(ref ulong bits, Vector256<byte> isOne) =>
            bits = (bits >> Length) | ((ulong)isOne.ExtractMostSignificantBits() << Before);

        private static Vector256<byte> Is(Vector256<byte> bytes, char wanted) =>
            Vector256.Equals(bytes, Vector256.Create((byte)wanted));

        private static Vector256<byte> IsFrom(Vector256<byte> bytes, char first, char last) =>
            Vector256.LessThanOrEqual(
                bytes - Vector256.Create((byte)first), Vector256.Create((byte)(last - first)));
    }
}
