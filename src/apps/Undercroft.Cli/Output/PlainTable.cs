namespace Undercroft.Cli.Output;

/// <summary>Draws tables for files and pipes: one line a row, columns two spaces apart, nothing cut.</summary>
internal static class PlainTable
{
    public static void Write(TextWriter writer, TableView table)
    {
        var widths = new int[table.Headings.Count];
        foreach (var cells in table.Rows.Prepend(table.Headings))
        {
            for (var i = 0; i < widths.Length; i++)
            {
                widths[i] = Math.Max(widths[i], cells[i].Length);
            }
        }

        foreach (var cells in table.Rows.Prepend(table.Headings))
        {
            var padded = cells.Select(
                (cell, i) => table.IsNumber(i) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            writer.WriteLine(string.Join("  ", padded).TrimEnd());
        }
    }
}
