using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Undercroft.Cli.Output;

/// <summary>What a command says: results to the standard output, everything else to the standard error.</summary>
internal sealed class CliOutput(Terminal terminal, bool isJson)
{
    // Everything is written as itself, save what could harm a terminal or a page.
    internal static JsonWriterOptions JsonForm { get; } = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        MaxDepth = 512,
    };

    /// <summary>Whether the result is wanted as JSON.</summary>
    public bool IsJson => isJson;

    /// <summary>Whether a person sees the results.</summary>
    public bool IsTerminal => terminal.IsOutTerminal;

    /// <summary>Writes one value of the result as one line of JSON.</summary>
    public void Json<T>(T value, JsonTypeInfo<T> type)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonForm))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        // Documents are passed on as they were written, so the escaping of the writer does not reach into them.
        var json = Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        terminal.Out.WriteLine(SafeText.Json(json));
    }

    /// <summary>Writes one line of the result for a person; what is not safe to show is escaped.</summary>
    public void Line(string text = "") => terminal.Out.WriteLine(SafeText.OneLine(text));

    /// <summary>Writes a line with one part of it set off, where colours are wanted.</summary>
    public void Highlight(string prefix, string text, int start, int length)
    {
        var (on, off) = IsTerminal && terminal.HasColor ? ("\u001b[1;33m", "\u001b[0m") : ("", "");
        terminal.Out.WriteLine(
            SafeText.OneLine(prefix + text[..start]) + on + SafeText.OneLine(text.Substring(start, length)) + off
            + SafeText.OneLine(text[(start + length)..]));
    }

    /// <summary>Writes text of several lines for a person; what is not safe to show is escaped, if a person looks.
    /// </summary>
    public void Block(string text)
    {
        terminal.Out.Write(IsTerminal ? SafeText.Block(text) : text);
        if (IsTerminal && !text.EndsWith('\n'))
        {
            terminal.Out.WriteLine();
        }
    }

    /// <summary>Writes bytes as they are to a file or pipe, and safely to a person.</summary>
    public async Task BytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (IsTerminal)
        {
            Block(Encoding.UTF8.GetString(bytes.Span));
            return;
        }

        await terminal.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        await terminal.OutBytes.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a table of the result.</summary>
    public void Table(TableView table)
    {
        if (IsTerminal)
        {
            RichConsole.WriteTable(terminal, table);
        }
        else
        {
            PlainTable.Write(terminal.Out, table);
        }
    }

    /// <summary>Wipes the terminal for the next picture of a live view; where no person looks, sets it off by a line.
    /// </summary>
    public void Clear() => terminal.Out.Write(IsTerminal && terminal.HasColor ? "\u001b[H\u001b[2J" : "\n");

    /// <summary>Writes a remark that is no result.</summary>
    public void Note(string text)
    {
        terminal.Out.Flush();
        terminal.Error.WriteLine(SafeText.OneLine(text));
    }

    /// <summary>Does long work under a progress bar; where nobody looks, without one.</summary>
    public Task<T> ProgressAsync<T>(string title, Func<IProgress<(long Done, long Total)>, Task<T>> work)
    {
        terminal.Out.Flush();
        return terminal.IsErrorTerminal ? RichConsole.RunAsync(terminal, title, work) : work(Silence.Instance);
    }

    /// <summary>Does long work that gives nothing back under a progress bar.</summary>
    public Task ProgressAsync(string title, Func<IProgress<(long Done, long Total)>, Task> work) =>
        ProgressAsync(title, async progress =>
        {
            await work(progress).ConfigureAwait(false);
            return true;
        });

    /// <summary>Passes on what was written so far: for what somebody waits for, line by line.</summary>
    public void Flush() => terminal.Out.Flush();

    public Task FlushAsync() => terminal.FlushAsync();

    private sealed class Silence : IProgress<(long Done, long Total)>
    {
        public static Silence Instance { get; } = new();

        public void Report((long Done, long Total) value)
        {
            // Nobody looks.
        }
    }
}
