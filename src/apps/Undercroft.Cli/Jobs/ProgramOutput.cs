using System.Text;

namespace Undercroft.Cli.Jobs;

/// <summary>What a program has written so far, as much of it as is kept: the beginning, or the end.</summary>
internal sealed class ProgramOutput(int max, bool keepsEnd) : IDisposable
{
    private readonly Lock gate = new();
    private readonly MemoryStream beginning = new();
    private byte[] end = [];

    /// <summary>Whether more was written than is kept.</summary>
    public bool IsCut { get; private set; }

    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            lock (gate)
            {
                return keepsEnd ? end : beginning.ToArray();
            }
        }
    }

    /// <summary>What is kept, as text. What was cut off in front is marked.</summary>
    public string Text
    {
        get
        {
            // A character that was cut through goes whole.
            var bytes = Bytes.Span;
            var first = 0;
            while (IsCut && keepsEnd && first < bytes.Length && (bytes[first] & 0xC0) == 0x80)
            {
                first++;
            }

            var text = Encoding.UTF8.GetString(bytes[first..]).Trim();
            return IsCut && keepsEnd ? "…" + text : text;
        }
    }

    public void Dispose() => beginning.Dispose();

    /// <summary>Reads to the end.</summary>
    public async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var chunk = new byte[16 * 1024];
        int count;
        while ((count = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
        {
            Add(chunk.AsSpan(0, count));
        }
    }

    private void Add(ReadOnlySpan<byte> more)
    {
        lock (gate)
        {
            if (!keepsEnd)
            {
                var room = (int)Math.Min(more.Length, max - beginning.Length);
                IsCut |= room < more.Length;
                beginning.Write(more[..room]);
                return;
            }

            byte[] all = [.. end, .. more];
            IsCut |= all.Length > max;
            end = all.Length > max ? all[^max..] : all;
        }
    }
}
