namespace Undercroft.Cli.Output;

/// <summary>A table, apart from how it is drawn.</summary>
/// <param name="columns">The headings; one that begins with <c>&gt;</c> is a column of numbers.</param>
internal sealed class TableView(params string[] columns)
{
    private readonly List<string[]> rows = [];

    /// <summary>The headings.</summary>
    public IReadOnlyList<string> Headings { get; } = [.. columns.Select(static name => name.TrimStart('>'))];

    /// <summary>The rows: safe text, one line each.</summary>
    public IReadOnlyList<string[]> Rows => rows;

    /// <summary>Says whether a column is set to the right.</summary>
    public bool IsNumber(int column) => columns[column].StartsWith('>');

    /// <summary>Adds a row; what is not safe to show is escaped here, so that no caller can forget it.</summary>
    public void Add(params string[] cells) => rows.Add([.. cells.Select(SafeText.OneLine)]);
}
