namespace Undercroft.Stories;

/// <summary>A text inside JSON that is known to be sound, decoded when it is first asked for. Until then it holds the
/// document it is in, and everybody gets the same string. Safe for threads.</summary>
internal sealed class LateText(byte[] document, int start, int length)
{
    private byte[]? document = document;
    private string? text;

    public string Text => Volatile.Read(ref text) ?? Decode();

    private string Decode()
    {
        if (Volatile.Read(ref document) is { } json)
        {
            _ = Interlocked.CompareExchange(ref text, PassageText.Decode(json.AsSpan(start, length)), null);
            Volatile.Write(ref document, null);
        }

        // Where there is no document any more another has put the text there before.
        return Volatile.Read(ref text)!;
    }
}
