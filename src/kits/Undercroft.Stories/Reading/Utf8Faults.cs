using System.Buffers;
using System.Text;

namespace Undercroft.Stories;

/// <summary>Finds where bytes stop being UTF-8.</summary>
internal static class Utf8Faults
{
    /// <summary>The index of the first byte that is part of no character; the length where there is none.</summary>
    public static int First(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (bytes[at] < 0x80)
            {
                at++;
            }
            else if (Rune.DecodeFromUtf8(bytes[at..], out _, out var size) == OperationStatus.Done)
            {
                at += size;
            }
            else
            {
                return at;
            }
        }

        return at;
    }
}
