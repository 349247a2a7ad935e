using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Undercroft.Cli.Output;

/// <summary>Draws for a person: tables and progress bars. Loaded only where somebody looks.</summary>
internal static class RichConsole
{
    public static void WriteTable(Terminal terminal, TableView view)
    {
        var table = new Table { Border = TableBorder.Simple, ShowRowSeparators = false };
        for (var i = 0; i < view.Headings.Count; i++)
        {
            var column = new TableColumn(new Text(view.Headings[i], new Style(decoration: Decoration.Bold)));
            _ = table.AddColumn(view.IsNumber(i) ? column.RightAligned().NoWrap() : column);
        }

        foreach (var row in view.Rows)
        {
            // Text, never markup: what is stored cannot colour the terminal.
            _ = table.AddRow(row.Select(static cell => new Text(cell)));
        }

        Create(terminal, terminal.Out, isInteractive: false).Write(table);
    }

    public static Task<T> RunAsync<T>(
        Terminal terminal, string title, Func<IProgress<(long Done, long Total)>, Task<T>> work)
    {
        var progress = Create(terminal, terminal.Error, isInteractive: true)
            .Progress()
            .AutoClear(true)
            .HideCompleted(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = Math.Max(10, Math.Min(40, terminal.Width - title.Length - 20)) },
                new PercentageColumn());
        return progress.StartAsync(context => work(new TaskProgress(context.AddTask(Markup.Escape(title)))));
    }

    private static IAnsiConsole Create(Terminal terminal, TextWriter writer, bool isInteractive) =>
        AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isInteractive || terminal.HasColor ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = terminal.HasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = isInteractive ? InteractionSupport.Yes : InteractionSupport.No,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            Out = new TerminalOutput(terminal, writer),
        });

    /// <summary>Tells Spectre the size of the window; it must not ask the console itself.</summary>
    private sealed class TerminalOutput(Terminal terminal, TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => terminal.Width;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
            // The terminal's writers are UTF-8 for good.
        }
    }

    private sealed class TaskProgress(ProgressTask task) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value)
        {
            task.IsIndeterminate = value.Total <= 0;
            if (value.Total > 0)
            {
                task.MaxValue = value.Total;
                task.Value = Math.Min(value.Done, value.Total);
            }
        }
    }
}
